import type { Session, SettingKey, SettingValue } from '../core/types.ts';

/** A setting as it stands; undefined only where the process that serves the session knows none of that name. */
export function settingOf(session: Pick<Session, 'settings'>, name: SettingKey): SettingValue | undefined {
  return session.settings().find(({ key }) => key === name)?.value;
}
