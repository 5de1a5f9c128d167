/** Files of a certificate that nobody signed but itself, for the loopback addresses and `localhost`. */
export interface CertificateFiles {
  cert: string;
  key: string;
}

/** Writes one into a directory, over what is there; by OpenSSL, as no library of ours makes certificates. */
export async function writeCertificate(dir: string, days = 2): Promise<CertificateFiles> {
  const files = { cert: `${dir}/cert.pem`, key: `${dir}/key.pem` };
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost".split(" "),
      ...[
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-days",
        String(days),
      ],
      ...["-keyout", files.key, "-out", files.cert],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`openssl: ${new TextDecoder().decode(stderr)}`);
  return files;
}
