import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { oauthTokens } from './oauth-tokens.ts';

const written = { tokenUrl: 'https://login.example/token', clientId: 'a:b', clientSecret: 'cän', scope: 's' };

function endpoint(...answers: (Response | Error)[]) {
  const asked: { url: string; init: RequestInit }[] = [];
  const ask = (async (url: URL, init: RequestInit) => {
    asked.push({ url: url.href, init });
    const answer = answers.shift();
    if (answer instanceof Response) return answer;
    throw answer ?? new Error('nothing more');
  }) as typeof fetch;
  return { asked, ask };
}

it('reads the file anew at each login', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-oauth-'));
  try {
    const token = oauthTokens({ tokenFile: './token' }, { folder, clock: { monotonic: () => 0 } });
    await expect(token()).rejects.toMatchObject({ code: 'OAUTH_TOKEN_FAILED', retryable: false });
    await writeFile(path.join(folder, 'token'), 'one\n');
    expect(await token()).toEqual({ value: 'one' });
    await writeFile(path.join(folder, 'token'), 'two\n');
    expect(await token()).toEqual({ value: 'two' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('asks the endpoint as RFC 6749 says, and again after four fifths of the life of a token', async () => {
  const { asked, ask } = endpoint(
    Response.json({ access_token: 'one', expires_in: 100 }),
    Response.json({ access_token: 'two' }),
    Response.json({ access_token: 'three' }),
  );
  let now = 0;
  const token = oauthTokens(written, { folder: '.', clock: { monotonic: () => now }, fetch: ask });
  expect(await token()).toEqual({ value: 'one' });
  now = 79_999;
  expect(await token()).toEqual({ value: 'one' });
  now = 80_000;
  expect(await token()).toEqual({ value: 'two' });
  // Of a token without a life nothing is known.
  expect(await token()).toEqual({ value: 'three' });
  const [{ url, init }] = asked as [(typeof asked)[0]];
  expect(url).toBe('https://login.example/token');
  expect(init).toMatchObject({ method: 'POST', redirect: 'error' });
  expect((init.body as URLSearchParams).toString()).toBe('grant_type=client_credentials&scope=s');
  expect(init.headers).toMatchObject({ authorization: `Basic ${Buffer.from('a%3Ab:c%C3%A4n').toString('base64')}` });
});

it.each([
  ['an outage', new Error('ECONNREFUSED'), true],
  ['an overload', new Response('', { status: 503 }), true],
  ['a refusal', new Response('cän', { status: 401 }), false],
  ['an answer without a token', Response.json({}), false],
  ['an answer that is no JSON', new Response('<html>'), false],
])('says what is wrong with %s, without the secret', async (_what, answer, retryable) => {
  const { ask } = endpoint(answer);
  const token = oauthTokens(written, { folder: '.', clock: { monotonic: () => 0 }, fetch: ask });
  const error = await token().then(
    () => null,
    (thrown: Error) => thrown,
  );
  expect(error).toMatchObject({ code: 'OAUTH_TOKEN_FAILED', retryable });
  expect(String(error)).not.toContain('cän');
});

it.each(['http://login.example/token', 'file:///etc/passwd', 'https://a:b@login.example', 'nothing'])(
  'takes no endpoint such as %s',
  (tokenUrl) => {
    const context = { folder: '.', clock: { monotonic: () => 0 } };
    expect(() => oauthTokens({ ...written, tokenUrl }, context)).toThrow(/tokenUrl/);
  },
);
