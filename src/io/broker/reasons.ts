/** Why a connection was not made or ended, in words for people: what is wrong, where, what to do. No secrets. */

import { errorCode, errorText } from '../../common/error.js';

/** What the words need to know of an attempt. */
export type Attempt = {
  /** The url without user and password. */
  readonly shown: string;
  readonly usesTls: boolean;
  readonly protocol: '3.1.1' | '5';
  readonly clientId: string;
  readonly hasUsername: boolean;
  readonly connectTimeoutMs: number;
  readonly keepaliveS: number;
};

const SAY_3_1_1 = 'set mqtt.protocol to 3.1.1';

const UNKNOWN_AUTHORITY =
  "the authority that signed the broker's certificate is not known. hint: set mqtt.ca_file to its CA certificate";

/** Error codes of sockets and TLS (`error.code`). */
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused. hint: is the broker running there, and is the port right?',
  ENOTFOUND: 'the host name is not known. hint: check the spelling in mqtt.url',
  EAI_AGAIN: 'the host name cannot be looked up now. hint: is the network up, does the name server answer?',
  EHOSTUNREACH: 'the host cannot be reached. hint: is it switched on and in this network?',
  ENETUNREACH: 'the network cannot be reached. hint: is this machine connected?',
  ETIMEDOUT: 'the host does not answer. hint: is it switched on, does a firewall block the port?',
  ENOENT: 'the host name is not known. hint: check mqtt.url',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  CERT_SIGNATURE_FAILURE: UNKNOWN_AUTHORITY,
  EPROTO: 'TLS failed. hint: does this port speak TLS?',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'this port does not speak TLS. hint: use mqtt:// or the TLS port (often 8883)',
  ERR_SSL_PACKET_LENGTH_TOO_LONG:
    'this port does not speak TLS. hint: use mqtt:// or the TLS port (often 8883)',
  CERT_HAS_EXPIRED: "the broker's certificate has expired. hint: renew it, or check this machine's clock",
  CERT_NOT_YET_VALID: "the broker's certificate is not valid yet. hint: check this machine's clock",
  CERT_REVOKED: "the broker's certificate was revoked",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the broker's certificate is for another name. hint: use the name it was made for in mqtt.url",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'the broker wants a client certificate. hint: set mqtt.cert_file and mqtt.key_file',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA:
    'the broker does not know the authority that signed our client certificate. hint: check mqtt.cert_file',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the broker refused the TLS handshake. hint: it may want a client certificate (mqtt.cert_file, mqtt.key_file)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    'the broker refused our client certificate. hint: check mqtt.cert_file',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE:
    'the broker refused our client certificate. hint: check mqtt.cert_file',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'our client certificate has expired. hint: renew mqtt.cert_file',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the broker speaks another version of TLS',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'mqtt.key_file does not belong to mqtt.cert_file',
};

/** Names of reason codes that need no advice (MQTT 5, section 2.4). */
const CODES: Readonly<Record<number, string>> = {
  0x80: 'unspecified error',
  0x81: 'malformed packet',
  0x82: 'protocol error',
  0x83: 'error of the implementation',
  0x89: 'the broker is busy',
  0x8a: 'this client is banned',
  0x8b: 'the broker is shutting down',
  0x8c: 'bad authentication method',
  0x8d: 'the broker did not hear from us in time',
  0x90: 'the topic is not valid there',
  0x93: 'too many messages at once',
  0x95: 'a packet was too large',
  0x96: 'too many messages in a short time',
  0x97: 'a quota is exceeded',
  0x98: 'closed by an administrator',
  0x99: 'the payload has the wrong format',
  0x9a: 'the broker does not support retained messages, which this bridge needs',
  0x9b: 'the broker does not support QoS 1, which this bridge needs',
  0x9c: 'use another server',
  0x9d: 'the server has moved',
  0x9f: 'too many connections in a short time',
  0xa0: 'the longest allowed time of a connection is over',
};

/** A reason code of MQTT 5 in words; also used for PUBACK and DISCONNECT. */
export function codeInWords(code: number): string {
  if (code === 0x87) return 'not authorised';
  return CODES[code] ?? `reason code ${code}`;
}

/** The return codes of MQTT 3.1.1 as reason codes of MQTT 5. */
const RETURN_CODES = [0, 0x84, 0x85, 0x88, 0x86, 0x87];

/** CONNACK with a return code (MQTT 3.1.1, section 3.2.2.3) or a reason code (MQTT 5, section 3.2.2.2). */
export function connackInWords(code: number, { shown, protocol, clientId, hasUsername }: Attempt): string {
  switch (RETURN_CODES[code] ?? code) {
    case 0x84:
      return protocol === '5'
        ? `${shown}: the broker does not speak MQTT 5. hint: ${SAY_3_1_1}`
        : `${shown}: the broker does not speak MQTT 3.1.1. hint: set mqtt.protocol to 5`;
    case 0x85:
      return `${shown}: the broker does not accept the client id ${clientId}. hint: set another mqtt.client_id`;
    case 0x88:
      return `${shown}: the broker says that its service is unavailable`;
    case 0x86:
      return `${shown}: wrong user or password. hint: check mqtt.username and mqtt.password_file`;
    case 0x87:
      return hasUsername
        ? `${shown}: not authorised. hint: check mqtt.username, mqtt.password_file and the broker's access list`
        : `${shown}: not authorised. hint: the broker wants a user: set mqtt.username and mqtt.password_file`;
    default:
      return `${shown}: the broker refused the connection: ${codeInWords(code)}`;
  }
}

/** The broker closed an accepted connection after a DISCONNECT with this code (MQTT 5, section 3.14.2.1). */
export function disconnectInWords(code: number, { shown, clientId }: Attempt): string {
  return code === 0x8e
    ? `${shown}: another program has connected with the client id ${clientId}`
    : `${shown}: the broker ended the connection: ${codeInWords(code)}`;
}

/** A publish was answered with this code (PUBACK, MQTT 5, section 3.4.2.1). */
export function refusedPublishInWords(code: number, topic: string, shown: string): string {
  const advice = code === 0x87 ? ". hint: allow it in the broker's access control list" : '';
  return `${shown}: a publish to ${topic} was refused: ${codeInWords(code)}${advice}`;
}

/** The connection was closed without a word; `accepted` = after CONNACK. */
export function closedInWords(accepted: boolean, { shown, usesTls, protocol }: Attempt): string {
  if (accepted) return `${shown}: the broker closed the connection`;
  const hints = [];
  if (!usesTls) hints.push('if this port wants TLS, use mqtts:// or wss://');
  if (protocol === '5') hints.push(`if the broker does not speak MQTT 5, ${SAY_3_1_1}`);
  return `${shown}: the broker closed the connection without an answer${hint(hints)}`;
}

/** CONNACK did not come in time. */
export function connectTimeoutInWords({ shown, protocol, connectTimeoutMs }: Attempt): string {
  const hints = ['does a firewall block the port?'];
  if (protocol === '5') hints.push(`some brokers without MQTT 5 stay silent: ${SAY_3_1_1}`);
  return `${shown}: no answer within ${connectTimeoutMs / 1000} s${hint(hints)}`;
}

/** Nothing was heard for one and a half times the keep-alive interval. */
export function keepaliveInWords({ shown, keepaliveS }: Attempt): string {
  return `${shown}: the broker has been silent for ${keepaliveS * 1.5} s`;
}

/** Any other error of the socket, of TLS or of the protocol. */
export function errorInWords(error: unknown, accepted: boolean, attempt: Attempt): string {
  const code = errorCode(error);
  if (code === 'ECONNRESET' || code === 'EPIPE') return closedInWords(accepted, attempt);
  const known = NETWORK[code];
  if (known !== undefined) return `${attempt.shown}: ${known}`;
  if (/PEM|asn1|DECODER|passphrase|bad decrypt/i.test(messageOf(error))) {
    const hintOfPem = 'they must be PEM files, the key without a passphrase';
    return `${attempt.shown}: mqtt.ca_file, mqtt.cert_file or mqtt.key_file cannot be used (${messageOf(error)}). hint: ${hintOfPem}`;
  }
  return `${attempt.shown}: ${messageOf(error)}`;
}

function messageOf(error: unknown): string {
  const [line = ''] = errorText(error).split('\n');
  return line === '' ? 'unknown error' : line;
}

function hint(hints: readonly string[]): string {
  return hints.length === 0 ? '' : `. hint: ${hints.join('; ')}`;
}
