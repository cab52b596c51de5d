/** A room with `maxParticipants` of 1 in which a person holds the seat, as items of the table. */

export function fullRoomItems(room: string, sessionId: string): readonly object[] {
  const of = { room: { S: room }, sessionId: { S: sessionId }, countId: { S: sessionId } };
  return [
    {
      ...of,
      item: { S: 'seat#of-another-person-------' },
      ...{ shard: { N: '0' }, version: { N: '1' }, grantedAtMs: { N: String(Date.now()) } },
    },
    {
      ...of,
      item: { S: 'seats#00' },
      ...{ maxParticipants: { N: '1' }, seatCapacity: { N: '1' }, held: { N: '1' } },
      version: { N: '1' },
    },
    { ...of, item: { S: 'seats#count' } },
  ];
}
