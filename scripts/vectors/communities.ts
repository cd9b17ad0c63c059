/** community_urls.json. */
import { communityUrl, parseCommunityUrl } from '../../src/protocol/config/communities.ts';
import { expectEqual, expectRefused } from './case.ts';
import type { Adapter } from './run.ts';

export const communityUrls: Adapter = (testCase) => {
  const url = testCase.text('url');
  if (testCase.kind !== 'ok') {
    for (const key of ['base_url', 'room', 'pubkey', 'full_url'])
      testCase.ignore(key, 'being stricter than the reference is allowed');
    expectRefused(() => parseCommunityUrl(url), 'the URL');
    return undefined;
  }
  const address = parseCommunityUrl(url);
  expectEqual(address.baseUrl, testCase.text('base_url'), 'the base URL');
  expectEqual(address.room, testCase.text('room'), 'the room');
  expectEqual(address.pubkey, testCase.bytes('pubkey'), "the server's key");
  expectEqual(communityUrl(address), testCase.text('full_url'), 'the full URL');
  return undefined;
};
