/** What the slash words of linear output do: asks the session, and says the answer. */
import type { LinearVerbs } from './commands.ts';
import { Common, type VerbsOptions } from './verbs/common.ts';
import { ConversationVerbs } from './verbs/conversations.ts';
import { MessageVerbs } from './verbs/messages.ts';
import { PeopleVerbs } from './verbs/people.ts';
import { ProgramVerbs } from './verbs/program.ts';
import { ReadingVerbs } from './verbs/reading.ts';

export class Verbs implements LinearVerbs {
  readonly conversations: ConversationVerbs;
  readonly people: PeopleVerbs;
  readonly reading: ReadingVerbs;
  readonly messages: MessageVerbs;
  readonly program: ProgramVerbs;

  constructor(options: VerbsOptions) {
    const common = new Common(options);
    this.conversations = new ConversationVerbs(options, common);
    this.people = new PeopleVerbs(options, common);
    this.reading = new ReadingVerbs(options, common, (id, message) =>
      this.conversations.openById(id, message),
    );
    this.messages = new MessageVerbs(options, common);
    this.program = new ProgramVerbs(options, common);
  }
}
