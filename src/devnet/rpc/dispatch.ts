/** From JSON text to an answer: parsing, batches, conditions (network.md 4.1, 4.5). */
import { asObject, type Json, type JsonObject, parseJson } from '../json.ts';
import { hardforkPair, serverVersion } from '../version.ts';
import { type Answer, jsonAnswer, type RpcContext, textAnswer } from './context.ts';
import { integerAt, integersAt, ParameterError, type Params } from './fields.ts';
import { type Origin, perform } from './methods.ts';
import { loaders, type PlainRequest } from './requests.ts';

const maxBatch = 20;
const metaMethods: ReadonlySet<string> = new Set(['batch', 'sequence', 'ifelse']);

/** A request that has been read, ready to be done. */
type Action = (context: RpcContext) => Promise<Answer> | Answer;

/** What a client asked for, as far as it can be read: for the journal. */
export type Asked = Readonly<{ method?: string; params?: unknown }>;

export function readAsked(text: string): Asked {
  const body = asObject(parseJson(text));
  const method = body?.method;
  return {
    ...(typeof method === 'string' ? { method } : {}),
    ...(body?.params === undefined ? {} : { params: body.params }),
  };
}

/** Answers a client's request. Never throws. */
export async function answerClient(context: RpcContext, text: string | null): Promise<Answer> {
  const json = text === null ? undefined : parseJson(text);
  if (json === undefined) return textAnswer(400, 'invalid json');
  const body = asObject(json);
  if (typeof body?.method !== 'string') return textAnswer(400, 'invalid json: no `method` field');
  const params = asObject(body.params);
  if (params === null) return textAnswer(400, 'invalid json: no `params` field');
  return answerMethod(context, body.method, params, false);
}

/** Answers a request with its parameters; `forwarded` says that a member of the swarm passed it on. Never throws. */
export async function answerMethod(
  context: RpcContext,
  method: string,
  params: Params,
  forwarded: boolean,
): Promise<Answer> {
  if (!loaders.has(method) && !metaMethods.has(method)) return textAnswer(400, `no method ${method}`);
  try {
    return await load(method, params, forwarded)(context);
  } catch (error) {
    if (error instanceof ParameterError) return textAnswer(400, `invalid request: ${error.message}`);
    return textAnswer(500, 'request failed');
  }
}

function load(method: string, params: Params, forwarded: boolean): Action {
  switch (method) {
    case 'batch':
      return loadBatch(params);
    case 'sequence':
      return loadSequence(params);
    case 'ifelse':
      return loadIfElse(params);
  }
  const request = loadPlain(method, params);
  const origin: Origin = { method, params, forwarded };
  return (context) => perform(context, request, origin);
}

function loadPlain(method: string, params: Params): PlainRequest {
  const loader = loaders.get(method);
  if (loader === undefined) throw new ParameterError(`no method ${method}`);
  return loader(params);
}

/** All of a batch is read before anything of it is done: one bad sub-request spoils it. */
function loadSubrequests(params: Params): Action[] {
  const requests = params.requests;
  if (!Array.isArray(requests) || requests.length === 0)
    throw new ParameterError('Invalid batch request: no valid "requests" field');
  if (requests.length > maxBatch)
    throw new ParameterError('Invalid batch request: subrequest limit exceeded');
  return requests.map((item: unknown) => {
    const request = asObject(item);
    if (request === null) throw new ParameterError('Invalid batch request: requests must be objects');
    const params = asObject(request.params);
    if (typeof request.method !== 'string' || params === null)
      throw new ParameterError('Invalid batch request: subrequests must have method/params keys');
    const { method } = request;
    if (!loaders.has(method) && !metaMethods.has(method))
      throw new ParameterError(`Invalid batch subrequest: invalid method "${method}"`);
    const action = load(method, params, false);
    if (metaMethods.has(method))
      throw new ParameterError('Invalid batch subrequest: subrequests may not contain meta-requests');
    return action;
  });
}

function loadBatch(params: Params): Action {
  const actions = loadSubrequests(params);
  return async (context) => {
    const answers = await Promise.all(actions.map((_, index) => doPart(context, actions, index)));
    return jsonAnswer(200, { results: answers.map(resultOf) });
  };
}

function loadSequence(params: Params): Action {
  const actions = loadSubrequests(params);
  return async (context) => {
    const results: JsonObject[] = [];
    for (const index of actions.keys()) {
      const answer = await doPart(context, actions, index);
      results.push(resultOf(answer));
      if (answer.status < 200 || answer.status > 299) break;
    }
    return jsonAnswer(200, { results });
  };
}

function doPart(context: RpcContext, actions: readonly Action[], index: number): Promise<Answer> | Answer {
  const { failingPart } = context;
  const action = actions[index];
  if (action === undefined || (failingPart !== null && failingPart % actions.length === index))
    return textAnswer(500, 'request failed');
  return action(context);
}

function resultOf(answer: Answer): JsonObject {
  return { code: answer.status, body: bodyOf(answer) };
}

export function bodyOf(answer: Answer): Json {
  return answer.json ?? answer.text;
}

function loadIfElse(params: Params): Action {
  const condition = asObject(params.if);
  if (condition === null) throw new ParameterError('Invalid ifelse request: no valid "if" field');
  const holds = loadCondition(condition);
  const then = loadBranch(params, 'then');
  const otherwise = loadBranch(params, 'else');
  if (then === null && otherwise === null)
    throw new ParameterError('Invalid ifelse request: at least one of "then"/"else" required');
  return async (context) => {
    const height = context.height();
    const isTrue = holds(height);
    const response = { condition: isTrue, height, hf: hardforkPair, v: serverVersion };
    const action = isTrue ? then : otherwise;
    if (action === null) return jsonAnswer(200, response);
    return jsonAnswer(200, { ...response, result: resultOf(await action(context)) });
  };
}

function loadBranch(params: Params, name: 'then' | 'else'): Action | null {
  if (!Object.hasOwn(params, name)) return null;
  const branch = asObject(params[name]);
  if (branch === null) throw new ParameterError(`Invalid ifelse request: ${name} must be an object`);
  const inner = asObject(branch.params);
  if (typeof branch.method !== 'string' || inner === null)
    throw new ParameterError(`Invalid ifelse request: ${name} must have method/params keys`);
  if (!loaders.has(branch.method) && !metaMethods.has(branch.method))
    throw new ParameterError(`Invalid ifelse request method "${name}"`);
  return load(branch.method, inner, false);
}

function loadCondition(condition: Params): (height: number) => boolean {
  const heightAtLeast = integerAt(condition, 'height_at_least');
  const heightBefore = integerAt(condition, 'height_before');
  const checks: ((height: number) => boolean)[] = [];
  if (heightAtLeast !== undefined) checks.push((height) => height >= heightAtLeast);
  if (heightBefore !== undefined) checks.push((height) => height < heightBefore);
  for (const [name, actual, atLeast] of [
    ['hf_at_least', hardforkPair, true],
    ['hf_before', hardforkPair, false],
    ['v_at_least', serverVersion, true],
    ['v_before', serverVersion, false],
  ] as const) {
    const wanted = integersAt(condition, name);
    if (wanted !== undefined && wanted.length > 0)
      checks.push(() => compareVersions(actual, wanted) >= 0 === atLeast);
  }
  if (checks.length === 0)
    throw new ParameterError('Invalid ifelse request: must specify at least one "if" condition');
  return (height) => checks.every((check) => check(height));
}

/** As many numbers as `actual` has; what `wanted` lacks counts as 0. */
function compareVersions(actual: readonly number[], wanted: readonly number[]): number {
  for (const [index, number] of actual.entries()) {
    const difference = number - (wanted[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
