import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  certFile: string;
  keyFile: string;
  /** Certificate and key in one file, as Kafka and MongoDB's driver take them. */
  bothFile: string;
}

/** Files of a certificate authority that lives for a day. */
export interface Authority {
  caFile: string;
  /** For 127.0.0.1 and no other name, not even localhost. */
  server: Certificate;
  client: Certificate;
}

const keyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes an authority with a server and a client certificate in the directory. Needs openssl 1.1.1 or LibreSSL. */
export async function createAuthority(directory: string): Promise<Authority> {
  mkdirSync(directory, { recursive: true });
  const openssl = (...args: string[]) => run('openssl', args, { cwd: directory });
  const subject = ['-subj', '/CN=Test authority'];
  writeFileSync(
    join(directory, 'ca.cnf'),
    '[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\n',
  );
  const asAuthority = ['-config', 'ca.cnf', '-extensions', 'ca'];
  await openssl(
    'req',
    '-x509',
    ...keyOptions,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '1',
    ...subject,
    ...asAuthority,
  );
  const issue = async (name: string, extensions: string): Promise<Certificate> => {
    writeFileSync(join(directory, `${name}.cnf`), extensions);
    await openssl(
      'req',
      '-new',
      ...keyOptions,
      '-config',
      'ca.cnf',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...signer,
      '-out',
      `${name}.pem`,
      '-days',
      '1',
      '-extfile',
      `${name}.cnf`,
    );
    const [certFile, keyFile, bothFile] = [`${name}.pem`, `${name}.key`, `${name}.both.pem`].map((file) =>
      join(directory, file),
    ) as [string, string, string];
    writeFileSync(bothFile, readFileSync(keyFile, 'utf8') + readFileSync(certFile, 'utf8'));
    return { certFile, keyFile, bothFile };
  };
  const server = await issue('server', 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n');
  const client = await issue('client', 'extendedKeyUsage=clientAuth\n');
  return { caFile: join(directory, 'ca.pem'), server, client };
}
