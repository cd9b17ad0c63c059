/** The profile's folder: whether it opens, who else can read it, and what is damaged. */
import type { Session } from '../../core/index.ts';
import { NotFoundError, StoreError } from '../../errors.ts';
import { type Context, openSession } from '../context.ts';
import { damageWords } from '../damage-words.ts';
import { combined, type Finding, ok, problem, warning } from './findings.ts';
import { openToOthers } from './permissions.ts';

export type StoreCheck = Readonly<{
  finding: Finding;
  /** the open profile; null if there is none, or it can't be opened */
  session: Session | null;
}>;

/** Opens the profile if there is one, and reads all of it. The caller closes the session. */
export async function checkStore(context: Context): Promise<StoreCheck> {
  const { profile, dataDir } = context.settings;
  let session: Session;
  try {
    session = await openSession(context);
  } catch (error) {
    if (error instanceof NotFoundError) {
      const words = `No account in the profile "${profile}" yet: session-tui account create makes one.`;
      return { finding: ok('store', words), session: null };
    }
    const opened =
      error instanceof StoreError && (error.code === 'locked' || error.code === 'password-needed')
        ? warning('store', `Not looked into. ${error.message}`)
        : problem('store', error);
    return { finding: combined('store', [opened, ...(await permissions(context))]), session: null };
  }
  try {
    let messages = 0;
    for await (const _message of session.messagesSince(0)) {
      context.signal.throwIfAborted();
      messages += 1;
    }
    const damage = session
      .damage()
      .map((one) => problem('store', `${damageWords(one)} Restore a backup of it if you have one.`));
    const { unprotected } = session.getState();
    const finding = combined('store', [
      ok('store', `Profile "${profile}" opens; ${messages} ${messages === 1 ? 'message' : 'messages'}.`),
      ...damage,
      ...(await permissions(context)),
      ...(unprotected
        ? [warning('store', `It has no password: whoever can read ${dataDir} can read the messages.`)]
        : []),
    ]);
    return { finding, session };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function permissions(context: Context): Promise<readonly Finding[]> {
  const { dataDir, profile } = context.settings;
  const core = await context.modules.core();
  const folder = core.profileFolder(dataDir, profile);
  const open = await openToOthers(folder);
  if (open.length === 0) return [];
  const [first = ''] = open;
  const more = open.length === 1 ? '' : ` and ${open.length - 1} more`;
  return [
    problem(
      'store',
      `Other users may open ${first === '.' ? 'its folder' : first}${more}: chmod -R go= '${folder}' mends that.`,
    ),
  ];
}
