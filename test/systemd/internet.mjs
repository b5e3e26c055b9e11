/**
 * What a container without a network takes for ntfy.sh and smtp.example.org: an HTTPS server and a mail server with STARTTLS
 * and a log-in. Each message is a file in the folder of the first argument; the folder has their key.pem and cert.pem, too.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { createServer } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';

const [folder = '.'] = process.argv.slice(2);
const pem = { key: readFileSync(`${folder}/key.pem`), cert: readFileSync(`${folder}/cert.pem`) };
const keep = (name, what) => writeFileSync(`${folder}/${name}.json`, JSON.stringify(what));

createHttps(pem, (request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text) => (body += text));
  request.on('end', () => {
    const { title, priority, host } = request.headers;
    keep('ntfy', { host, path: request.url, title, priority, body });
    response.end('{}');
  });
}).listen(443);

createServer((socket) => {
  socket.write('220 smtp.example.org ESMTP\r\n');
  talk(socket, false);
}).listen(587);

/** One side of a conversation by RFC 5321, line by line. */
function talk(socket, isSecret) {
  const mail = { user: '', to: '', text: '' };
  let isData = false;
  let rest = '';
  const take = (bytes) => {
    const lines = (rest + bytes).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  };
  const hear = (line) => {
    const [verb = '', ...words] = line.split(' ');
    if (isData) {
      if (line !== '.') mail.text += `${line}\n`;
      else {
        isData = false;
        keep('mail', mail);
        socket.write('250 accepted\r\n');
      }
    } else if (verb === 'EHLO')
      socket.write(`250-smtp.example.org\r\n250 ${isSecret ? 'AUTH PLAIN' : 'STARTTLS'}\r\n`);
    else if (verb === 'STARTTLS') {
      socket.off('data', take);
      socket.write('220 go ahead\r\n');
      talk(new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(pem) }), true);
    } else if (verb === 'AUTH') {
      mail.user = Buffer.from(words[1] ?? '', 'base64')
        .toString()
        .replaceAll('\0', ' ')
        .trim();
      socket.write(mail.user === 'x10@example.org a-secret' ? '235 welcome\r\n' : '535 wrong password\r\n');
    } else if (verb === 'DATA') {
      isData = true;
      socket.write('354 go on\r\n');
    } else {
      if (verb === 'RCPT') mail.to = words.join(' ');
      socket.write(verb === 'QUIT' ? '221 bye\r\n' : '250 so be it\r\n');
    }
  };
  socket.on('data', take).on('error', () => socket.destroy());
}
