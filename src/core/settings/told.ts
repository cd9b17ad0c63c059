/** What others are told of us, and we of them: off until somebody switches it on, as in the official apps. */
import { type Definition, onOff } from './definition.ts';

export const toldSettings: readonly Definition[] = [
  onOff({
    key: 'read-receipts',
    group: 'Privacy',
    default: 'off',
    description: 'tell people when you have read their messages, and show when they have read yours',
  }),
  onOff({
    key: 'typing-indicators',
    group: 'Privacy',
    default: 'off',
    description: 'tell people that you are typing, and show when they are',
  }),
  onOff({
    key: 'community-requests',
    group: 'Privacy',
    default: 'off',
    description:
      'people in communities may write to you without knowing your account ID; holds on all your devices',
  }),
];
