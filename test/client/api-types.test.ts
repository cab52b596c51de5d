/**
 * The client's types are those of the document, and so of the functions: the latter is checked by `tsc`,
 * which stops at a difference.
 */
import { readFileSync } from 'node:fs';
import type * as v from 'valibot';
import { expect, expectTypeOf, it } from 'vitest';
import type * as client from '../../client/index.ts';
import openapi from '../../docs/openapi.json' with { type: 'json' };
import type { FieldError } from '../../lib/domain/faults.ts';
import type { Session } from '../../lib/domain/session.ts';
import type { SessionOptions } from '../../lib/domain/session-request.ts';
import type { Role, TokenRequest } from '../../lib/domain/token-request.ts';
import type { guestRequest } from '../../lib/rooms/domain/guest-request.ts';
import type { InviteRequest, InviteView } from '../../lib/rooms/domain/invite.ts';
import type { KnockView, WaitingResponse } from '../../lib/rooms/domain/knock.ts';
import type { ParticipantDecision, ParticipantView } from '../../lib/rooms/domain/participant.ts';
import type { HostRoomView } from '../../lib/rooms/domain/room-view.ts';
import type { JoinedGuest } from '../../lib/rooms/use-cases/join-as-guest.ts';
import type { JoinedRoom } from '../../lib/rooms/use-cases/sign-for-room.ts';
import type { IssuedToken } from '../../lib/use-cases/issue-token.ts';
import { type Schema, toClientTypes } from '../../tools/client-types/to-types.ts';
import type { AnyFaultName } from '../../tools/openapi/texts/faults.ts';

it('are generated from the document by `npm run client:types`', () => {
  const { schemas } = openapi.components as { schemas: object };
  const file = readFileSync(new URL('../../client/api-types.ts', import.meta.url), 'utf8');
  expect(file).toBe(toClientTypes(schemas as Readonly<Record<string, Schema>>));
});

/** Of a union of projects, one kind. */
type OfOpenTok<Answer> = Narrowed<Extract<Answer, { apiKey: string }>>;
type OfVonage<Answer> = Narrowed<Extract<Answer, { applicationId: string }>>;
/** The functions call any text a resolution; the document knows all that there are. */
type Narrowed<Answer> = 'archiveResolution' extends keyof Answer
  ? Answer & Pick<client.Session, 'archiveResolution'>
  : Answer;

it('may ask for what the functions take, and nothing else', () => {
  expectTypeOf<keyof client.SessionRequest>().toEqualTypeOf<keyof SessionOptions>();
  expectTypeOf<client.SessionRequest>().toExtend<Partial<SessionOptions>>();
  expectTypeOf<keyof client.TokenRequest>().toEqualTypeOf<keyof TokenRequest>();
  expectTypeOf<keyof client.InviteRequest>().toEqualTypeOf<keyof InviteRequest>();
  expectTypeOf<keyof client.GuestRequest>().toEqualTypeOf<
    keyof v.InferOutput<typeof guestRequest>
  >();
  expectTypeOf<client.ParticipantDecision['decision']>().toEqualTypeOf<ParticipantDecision>();
  expectTypeOf<client.TokenRequest['role']>().toEqualTypeOf<Role | undefined>();
});

it('rulesOf returns every rule that a request can have', () => {
  expectTypeOf<keyof ReturnType<typeof client.rulesOf>>().toEqualTypeOf<
    keyof Omit<client.RoomRequest, 'session'>
  >();
});

it('reads what the functions answer', () => {
  expectTypeOf<OfOpenTok<Session>>().toExtend<client.Session>();
  expectTypeOf<OfVonage<Session>>().toExtend<client.Session>();
  expectTypeOf<OfOpenTok<IssuedToken>>().toExtend<client.Token>();
  expectTypeOf<OfOpenTok<JoinedRoom>>().toExtend<client.JoinedRoom>();
  expectTypeOf<OfOpenTok<JoinedGuest>>().toExtend<client.JoinedGuest>();
  expectTypeOf<OfOpenTok<HostRoomView>>().toExtend<client.Room>();
  expectTypeOf<WaitingResponse>().toEqualTypeOf<client.Waiting>();
  expectTypeOf<InviteView>().toEqualTypeOf<client.Invite>();
  expectTypeOf<KnockView>().toEqualTypeOf<client.Knock>();
  expectTypeOf<ParticipantView>().toEqualTypeOf<client.Participant>();
  expectTypeOf<FieldError>().toExtend<client.FieldError>();
  expectTypeOf<client.FaultName>().toExtend<AnyFaultName>();
});
