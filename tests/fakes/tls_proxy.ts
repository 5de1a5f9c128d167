import { writeCertificate } from "./certificate.ts";
import { freePort } from "./clamd_process.ts";
import { firstFile, nginxFrame, nginxPlaces } from "./nginx_process.ts";
import { until } from "./until.ts";

/** What stands in front of a server: TLS and HTTP/2 on IPv6, for a sub-path of the host, with another `Host` for the server. */
interface ProxyWish {
  /** Port of the server. */
  behind: number;
  basePath: string;
  /** A socket on which nothing comes from the server is cut after this, where the proxy can. */
  idleMs: number;
}

const caddyPlaces = ["/usr/bin/caddy", "/usr/local/bin/caddy"];

/** Debian's nginx or Caddy as docs/operations.md sets them up, with low limits. */
export class TlsProxy implements AsyncDisposable {
  /** Of what browsers see, with the sub-path. */
  readonly site: string;
  /** Of its certificate, for programs that ask. */
  readonly caCert: string;
  readonly #dir: string;
  readonly #child: Deno.ChildProcess;

  private constructor(site: string, caCert: string, dir: string, child: Deno.ChildProcess) {
    this.site = site;
    this.caCert = caCert;
    this.#dir = dir;
    this.#child = child;
  }

  static async start(kind: "nginx" | "Caddy", wish: ProxyWish): Promise<TlsProxy> {
    const program = firstFile(kind === "nginx" ? nginxPlaces : caddyPlaces);
    if (program === undefined) throw new Error(`There is no ${kind} (Debian package ${kind.toLowerCase()}).`);
    const dir = await Deno.makeTempDir({ prefix: "behest-proxy-" });
    await writeCertificate(dir);
    const port = freePort();
    const [file, args, text] = kind === "nginx"
      ? ["nginx.conf", ["-p", dir, "-e", `${dir}/error.log`], nginx(dir, port, wish)] as const
      : ["Caddyfile", ["--adapter", "caddyfile"], caddy(dir, port, wish)] as const;
    await Deno.writeTextFile(`${dir}/${file}`, text);
    const child = new Deno.Command(program, {
      args: kind === "nginx"
        ? ["-c", `${dir}/${file}`, ...args]
        : ["run", "--config", `${dir}/${file}`, ...args],
      env: { HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const caCert = await Deno.readTextFile(`${dir}/cert.pem`);
    const proxy = new TlsProxy(`https://[::1]:${port}${wish.basePath}`, caCert, dir, child);
    using client = Deno.createHttpClient({ caCerts: [caCert] });
    await until(
      () =>
        fetch(`${proxy.site}/healthz`, { client }).then((answer) => answer.text()).then(
          () => true,
          () => false,
        ),
      `an answer of ${kind}`,
    );
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#dir, { recursive: true });
  }
}

function nginx(dir: string, port: number, { behind, basePath, idleMs }: ProxyWish): string {
  return nginxFrame(
    dir,
    `
  map $http_upgrade $connection_upgrade { default upgrade; "" close; }
  client_max_body_size 300k;
  server {
    listen [::1]:${port} ssl http2;
    ssl_certificate ${dir}/cert.pem;
    ssl_certificate_key ${dir}/key.pem;
    proxy_http_version 1.1;
    proxy_set_header Host behest.internal;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    location = ${basePath}/api/ws {
      proxy_pass http://127.0.0.1:${behind};
      proxy_read_timeout ${idleMs}ms;
    }
    location ${basePath}/ {
      proxy_pass http://127.0.0.1:${behind};
      proxy_buffering off;
      proxy_request_buffering off;
    }
    location = ${basePath} { return 308 ${basePath}/; }
    location / { return 418; }
  }`,
  );
}

/** Over its limit for bodies Caddy answers 502, as if the server was away: it must let the parts of our pages through. */
function caddy(dir: string, port: number, { behind, basePath }: ProxyWish): string {
  return `
{
	admin off
	auto_https off
}
https://[::1]:${port} {
	tls ${dir}/cert.pem ${dir}/key.pem
	redir ${basePath} ${basePath}/ 308
	handle ${basePath}/* {
		request_body {
			max_size 1MB
		}
		reverse_proxy 127.0.0.1:${behind} {
			header_up Host behest.internal
			flush_interval -1
		}
	}
	handle {
		respond 418
	}
}
`;
}
