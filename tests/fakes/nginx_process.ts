import { freePort } from "./clamd_process.ts";
import { until } from "./until.ts";

/** Where Debian and others put it. */
export const nginxPlaces = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"];

/** Debian's nginx in front of a server, with a limit for the bodies of requests. */
export class NginxProcess implements AsyncDisposable {
  readonly origin: string;
  readonly #dir: string;
  readonly #child: Deno.ChildProcess;

  private constructor(origin: string, dir: string, child: Deno.ChildProcess) {
    this.origin = origin;
    this.#dir = dir;
    this.#child = child;
  }

  /** `behind`: port of the server; `bodyLimit`: as nginx writes it, such as `1m`. */
  static async start(behind: number, bodyLimit: string): Promise<NginxProcess> {
    const program = firstFile(nginxPlaces);
    if (program === undefined) throw new Error("There is no nginx (Debian package nginx).");
    const dir = await Deno.makeTempDir({ prefix: "behest-nginx-" });
    const port = freePort();
    await Deno.writeTextFile(`${dir}/nginx.conf`, configuration(dir, port, behind, bodyLimit));
    const child = new Deno.Command(program, {
      args: ["-c", `${dir}/nginx.conf`, "-p", dir, "-e", `${dir}/error.log`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const nginx = new NginxProcess(`http://127.0.0.1:${port}`, dir, child);
    await until(() =>
      fetch(nginx.origin).then((answer) => answer.body?.cancel()).then(() => true, () => false)
    );
    return nginx;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#dir, { recursive: true });
  }
}

function configuration(dir: string, port: number, behind: number, bodyLimit: string): string {
  return nginxFrame(
    dir,
    `
  client_max_body_size ${bodyLimit};
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${behind};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
    }
  }`,
  );
}

/** A configuration that keeps everything in a directory. As root it would change to another user, who cannot write there. */
export function nginxFrame(dir: string, http: string): string {
  const user = Deno.uid() === 0 ? "user root;" : "";
  return `
${user}
daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;${http}
}
`;
}

/** The first of these paths at which a file is. */
export function firstFile(paths: readonly string[]): string | undefined {
  return paths.find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
