import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changePassword, createProfile, openSealedAccount } from '../../src/store/index.ts';
import { account, temporaryFolder, testPlatform, weakKdf } from '../support/stored.ts';

describe('the account on its way to another process', () => {
  async function sealed(password: string | null) {
    const folder = join(temporaryFolder(), 'p');
    const store = await createProfile({ folder, password, account, platform: testPlatform, kdf: weakKdf });
    const bytes = store.sealAccount();
    await store.close();
    return { folder, bytes };
  }
  const open = (bytes: Uint8Array, folder: string, password: string | null) =>
    openSealedAccount(bytes, { folder, password, platform: testPlatform });

  it('opens with the password of the profile alone, and holds nothing readable', async () => {
    const { folder, bytes } = await sealed('pässword');
    expect(await open(bytes, folder, 'pässword')).toEqual(account);
    await expect(open(bytes, folder, null)).rejects.toMatchObject({ code: 'password-needed' });
    await expect(open(bytes, folder, 'password')).rejects.toMatchObject({ code: 'wrong-password' });
    expect(Buffer.from(bytes).toString('latin1')).not.toContain(account.seedHex);
  });

  it('opens without one where the profile has none, and after the password was changed', async () => {
    const { folder, bytes } = await sealed(null);
    expect(await open(bytes, folder, null)).toEqual(account);
    await changePassword({
      folder,
      change: 'set',
      password: null,
      newPassword: async () => 'new',
      platform: testPlatform,
      kdf: weakKdf,
    });
    expect(await open(bytes, folder, 'new')).toEqual(account);
  });

  it('is refused when it is changed, cut, or of another profile', async () => {
    const { folder, bytes } = await sealed(null);
    const other = await sealed(null);
    const flipped = bytes.slice();
    flipped[30] = (flipped[30] ?? 0) ^ 1;
    for (const wrong of [flipped, bytes.subarray(0, 20), new Uint8Array(), other.bytes])
      await expect(open(wrong, folder, null)).rejects.toMatchObject({ code: 'damaged' });
  });
});
