// What a client program does, by the client that openapi-typescript makes of the description.
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

declare const process: { argv: string[] };

type Verdict = components['schemas']['ValidateResponse']['code'];

// Each verdict has its answer: one that is new does not compile.
const todo: Record<Verdict, 'run' | 'ask' | 'stop'> = {
  VALID: 'run', NOT_FOUND: 'ask', PRODUCT_MISMATCH: 'ask', RECHARGE_KEY: 'ask', RELAY_KEY: 'ask',
  EXPIRED: 'stop', MACHINE_MISMATCH: 'stop', TOO_MANY_MACHINES: 'stop', SUSPENDED: 'stop', REVOKED: 'stop',
};

const [url, key] = process.argv.slice(2) as [string, string];
const api = createClient<paths>({ baseUrl: url });

function must(held: boolean, what: string): asserts held {
  if (!held) throw new Error(what);
}

const nonce = crypto.randomUUID();
const first = await api.POST('/api/validate', { body: { code: key.toLowerCase(), machine_code: 'typescript-1', nonce } });
must(first.data !== undefined && todo[first.data.code] === 'run' && first.data.first_activation && first.data.nonce === nonce, 'the key is not valid: ' + JSON.stringify(first));

const other = await api.POST('/api/validate', { body: { code: key, machine_code: 'typescript-2' } });
must(other.data?.code === 'MACHINE_MISMATCH' && todo[other.data.code] === 'stop', 'another machine is let in: ' + JSON.stringify(other));

const status = await api.GET('/api/status/{code}', { params: { path: { code: key } } });
must(status.data?.status === 'active' && status.data.machine_hint !== null, 'its state is another: ' + JSON.stringify(status));

const nothing = await api.GET('/api/status/{code}', { params: { path: { code: 'NO-SUCH-KEY' } } });
must(nothing.error?.success === false && nothing.error.code === 'KEY_NOT_FOUND', 'a problem is none: ' + JSON.stringify(nothing));
