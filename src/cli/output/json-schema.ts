/** JSON Schema of every JSON line. scripts/build.ts replaces this module by its value: the converter is not shipped. */
import { toJsonSchema } from '@valibot/to-json-schema';
import { jsonLine } from './schemas.ts';

export const jsonSchema: unknown = {
  ...toJsonSchema(jsonLine),
  title: 'Every JSON line of session-tui',
};
