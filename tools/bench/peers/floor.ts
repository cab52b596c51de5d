/** A handler with no imports that does nothing: what Node itself costs. */
export const handler = async () => ({ statusCode: 201, body: '{}' });
