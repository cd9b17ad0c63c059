/** protobuf.json. */
import { decodeMessage, encodeMessage } from '../../src/protocol/wire.ts';
import { CaseFailure, expectEqual, expectRefused } from './case.ts';
import { fieldsOf, messageFrom, schemaNamed } from './protobuf-fields.ts';
import type { Adapter } from './run.ts';

export const protobuf: Adapter = (testCase) => {
  testCase.ignore('proto', 'our files are laid out otherwise; the type says enough');
  const schema = schemaNamed(testCase.text('type'));
  const encoded = testCase.bytes('encoded');
  if (testCase.kind === 'reject') {
    expectRefused(() => decodeMessage(schema, encoded), 'the message');
    return undefined;
  }
  const fields = testCase.raw('fields');
  const decoded = decodeMessage(schema, encoded);
  expectEqual(fieldsOf(schema, decoded), fields, 'the decoded message');
  const again = decodeMessage(schema, encodeMessage(schema, decoded));
  expectEqual(fieldsOf(schema, again), fields, 'the message encoded and decoded again');
  if (testCase.kind === 'ok') {
    expectEqual(encodeMessage(schema, decoded), encoded, 'the decoded message, encoded again,');
    expectEqual(encodeMessage(schema, messageFrom(schema, fields)), encoded, 'the encoded message');
  } else if (testCase.kind !== 'ok_decode_only') {
    throw new CaseFailure(`there is no kind ${testCase.kind}`);
  }
  return undefined;
};
