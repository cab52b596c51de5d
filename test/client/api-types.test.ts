/** The client's types are those of the functions: checked by `tsc`, which stops at a difference. */
import { expectTypeOf, it } from 'vitest';
import type * as client from '../../client/index.ts';
import type { FaultName, FieldError } from '../../lib/domain/faults.ts';
import type { RoomView } from '../../lib/domain/room.ts';
import type { Session } from '../../lib/domain/session.ts';
import type { SessionOptions } from '../../lib/domain/session-request.ts';
import type { Role, TokenRequest } from '../../lib/domain/token-request.ts';
import type { Problem } from '../../lib/events/problem.ts';
import type { IssuedToken } from '../../lib/use-cases/issue-token.ts';
import type { JoinedRoom } from '../../lib/use-cases/join-room.ts';

/** Of a union of projects, one kind. */
type OfOpenTok<Answer> = Extract<Answer, { apiKey: string }>;
type OfVonage<Answer> = Extract<Answer, { applicationId: string }>;

it('may ask for what the functions take, and nothing else', () => {
  expectTypeOf<keyof client.SessionRequest>().toEqualTypeOf<keyof SessionOptions>();
  expectTypeOf<client.SessionRequest>().toExtend<Partial<SessionOptions>>();
  expectTypeOf<keyof client.TokenRequest>().toEqualTypeOf<keyof TokenRequest>();
  expectTypeOf<client.TokenRequest['role']>().toEqualTypeOf<Role | undefined>();
});

it('reads what the functions answer', () => {
  expectTypeOf<OfOpenTok<Session>>().toExtend<client.Session>();
  expectTypeOf<OfVonage<Session>>().toExtend<client.Session>();
  expectTypeOf<OfOpenTok<IssuedToken>>().toExtend<client.IssuedToken>();
  expectTypeOf<OfOpenTok<JoinedRoom>>().toExtend<client.JoinedRoom>();
  expectTypeOf<OfOpenTok<RoomView>>().toExtend<client.Room>();
  expectTypeOf<Problem>().toExtend<client.Problem>();
  expectTypeOf<FieldError>().toExtend<client.FieldError>();
  expectTypeOf<FaultName>().toEqualTypeOf<client.FaultName>();
});
