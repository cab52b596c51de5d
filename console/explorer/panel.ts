/** The API explorer: operations on the left, the form in the middle, request and response on the right. */
import { codeBlock } from '../copy.ts';
import { find, h, newId } from '../elements.ts';
import type { Operation } from '../operations.ts';
import { writeAddress } from '../write-address.ts';
import { createCaller } from './caller.ts';
import { BODY_TEXT, createForm, type OperationForm } from './form.ts';
import { createHistory, type Entry } from './history.ts';
import { createMenu } from './menu.ts';
import { type NextStep, SOURCES, toKnownValues, toNextSteps } from './next-steps.ts';
import { type Request, toCurl, toFetch } from './request-text.ts';
import { showOutcome } from './response-view.ts';
import { type Outcome, sendRequest } from './send-request.ts';

export interface Explorer {
  /** Shows an operation, with values as its form saves them; without, the form stays as it is. */
  open(id: string, values?: Readonly<Record<string, string>>): void;
  /** Shows an operation, with fields filled in by their names. */
  fill(id: string, values: Readonly<Record<string, string>>): void;
  /** Writes the state into the address. */
  share(): void;
}

/** What belongs to one operation while the page is open. */
interface Desk {
  readonly form: OperationForm;
  /** Its last response; empty before the first. */
  shown: readonly Node[];
  /** The request of that response, as curl. */
  sent: string;
  isSending: boolean;
}

/** @param inspect Shows a token in the inspector. */
export function openExplorer(
  operations: readonly Operation[],
  inspect: (token: string) => void,
): Explorer {
  const changed = () => {
    showRequest();
    share();
  };
  const caller = createCaller(changed);
  const known: Record<string, string> = {};
  /** A button that has the API make a value which the operation takes. */
  const createSource = (operation: Operation, name: string, write: (text: string) => void) => {
    const source = SOURCES[name];
    const made = source && operations.find(({ id }) => id === source.id);
    if (!made || made === operation) return undefined;
    const field = [...operation.parameters, ...(operation.body ?? [])].find(
      (one) => one.name === name && (one.isRequired || name === 'invite'),
    );
    if (!field) return undefined;
    const click = async () => {
      const form = findDesk(operation.id)?.form;
      const room = encodeURIComponent(form?.read('name') || 'standup');
      const make = () =>
        sendRequest(toSourceRequest(made.method, made.path.replace('{name}', room)));
      let outcome = await make();
      // An invite is for a room that exists. One that does is left as it is.
      if (outcome.problemName === 'RoomNotFoundError') {
        await sendRequest(toSourceRequest('PUT', `/rooms/${room}`));
        outcome = await make();
      }
      const value = toKnownValues(outcome.content)[name];
      if (value !== undefined) write(value);
      else form?.blame(field.pointer, outcome.problem ?? `The response has no ${name}.`);
    };
    return h('button', { type: 'button', click }, source.label);
  };

  const desks: readonly Desk[] = operations.map((operation) => ({
    ...{ shown: [], sent: '', isSending: false },
    form: createForm(operation, {
      onChange: changed,
      sourceOf: (name, write) => createSource(operation, name, write),
    }),
  }));
  const menu = createMenu(operations);
  const title = h('h2', { id: newId('operation') });
  const method = h('span', { class: 'method' });
  const path = h('code', { class: 'path' });
  const formPlace = h('div');
  const code = codeBlock({ curl: 'curl', fetch: 'fetch' });
  const responsePlace = h('div', { class: 'response', role: 'status', 'aria-label': 'Response' });
  const stale = h(
    'p',
    { class: 'help', hidden: true },
    'The form has changed since this response.',
  );
  const submit = h('button', { type: 'submit', class: 'primary send' }, 'Send');
  const history = createHistory((entry) => restore(entry));
  let [desk] = desks;

  const findDesk = (id: string) => desks.find(({ form }) => form.operation.id === id);

  const show = (next: Desk) => {
    const { form } = next;
    const { operation } = form;
    desk = next;
    for (const [name, value] of Object.entries(known)) {
      if (form.lacks(name) && isSolely(form, name)) form.write(name, value);
    }
    menu.select(operation.id);
    title.textContent = operation.summary;
    method.textContent = operation.method;
    method.className = `method ${operation.method.toLowerCase()}`;
    path.textContent = operation.path;
    formPlace.replaceChildren(form.element);
    showSending();
    showResponse();
    showRequest();
  };

  const readRequest = (): Request | undefined => {
    if (!desk) return undefined;
    const { form } = desk;
    const body = form.body();
    return {
      method: form.operation.method,
      url: `${location.origin}${form.path()}`,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...form.headers(),
        ...caller.headers(),
      },
      body,
    };
  };

  const showRequest = () => {
    const request = readRequest();
    if (!request || !desk) return;
    const curl = toCurl(request);
    code.write({ curl, fetch: toFetch(request) });
    stale.hidden = desk.shown.length === 0 || desk.sent === curl;
  };

  const showResponse = () => {
    responsePlace.replaceChildren(...(desk?.shown ?? []));
  };

  /** The button stays enabled, because a disabled one loses the focus. */
  const showSending = () => {
    const isSending = desk?.isSending ?? false;
    submit.textContent = isSending ? 'Sending …' : 'Send';
    submit.setAttribute('aria-disabled', String(isSending));
    responsePlace.setAttribute('aria-busy', String(isSending));
  };

  const share = () => {
    if (!desk || find('api').hidden) return;
    const { form } = desk;
    const { [BODY_TEXT]: _, ...values } = form.save();
    writeAddress({
      view: 'api',
      operation: form.operation.id,
      values: { ...values, ...caller.save() },
    });
  };

  const send = async () => {
    const request = readRequest();
    const used = desk;
    if (!request || !used || used.isSending) return;
    const { form } = used;
    form.forgive();
    const missing = form.blamePath();
    if (missing) return missing.focus();
    used.isSending = true;
    showSending();
    const values = form.save();
    const callerValues = caller.save();
    const outcome = await sendRequest(request);
    used.isSending = false;
    used.sent = toCurl(request);
    Object.assign(known, toKnownValues(outcome.content));
    history.add({
      ...{ operation: form.operation, values, caller: callerValues, outcome, at: new Date() },
      path: form.path(),
    });
    const blamed = place(used, outcome);
    if (desk !== used) return;
    showSending();
    showResponse();
    showRequest();
    // On a narrow screen the response is below the form.
    if (blamed) blamed.focus();
    else responsePlace.scrollIntoView({ block: 'nearest' });
  };

  /** Shows errors beside their fields, and prepares the response. @returns the first control at fault */
  const place = (used: Desk, outcome: Outcome): HTMLElement | undefined => {
    const placed = outcome.errors.map((error) => ({
      ...error,
      control: used.form.blame(error.pointer, error.detail),
    }));
    used.shown = showOutcome(
      outcome,
      placed.filter(({ control }) => !control),
      toButtons(used.form, outcome),
    );
    const isOfParameter = outcome.problemName === 'ValidationError' && outcome.errors.length === 0;
    return isOfParameter
      ? used.form.blameParameter(outcome.detail ?? '')
      : placed.find(({ control }) => control)?.control;
  };

  const toButtons = (form: OperationForm, { content, problemName }: Outcome): HTMLElement[] => {
    const { token } = Object(content) as { token?: string };
    const sent = { id: form.operation.id, room: form.read('name') };
    return [
      ...(typeof token === 'string'
        ? [h('button', { type: 'button', click: () => inspect(token) }, 'Inspect this token')]
        : []),
      ...toNextSteps(sent, content, problemName).map(({ label, id, values }: NextStep) =>
        h('button', { type: 'button', click: () => fill(id, values) }, label),
      ),
    ];
  };

  const restore = ({ operation, values, caller: callerValues, outcome }: Entry) => {
    const found = findDesk(operation.id);
    if (!found) return;
    found.form.load(values);
    found.form.forgive();
    caller.load(callerValues);
    place(found, outcome);
    show(found);
    const request = readRequest();
    if (request) found.sent = toCurl(request);
    showRequest();
    share();
  };

  const fill = (id: string, values: Readonly<Record<string, string>>) => {
    const found = findDesk(id);
    if (!found) return;
    for (const [name, value] of Object.entries(values)) found.form.write(name, value);
    find('api').hidden = false;
    show(found);
    share();
    // The button that was pressed may be gone with the response.
    if (document.activeElement === document.body) title.focus();
  };

  title.tabIndex = -1;
  find('api-panel').append(
    menu.element,
    h(
      'form',
      {
        class: 'operation',
        novalidate: true,
        'aria-labelledby': title.id,
        submit: (event) => {
          event.preventDefault();
          void send();
        },
      },
      h(
        'div',
        { class: 'operation-head' },
        title,
        h('div', { class: 'send-bar' }, method, path, submit),
      ),
      caller.element,
      formPlace,
    ),
    h(
      'div',
      { class: 'exchange' },
      h('h3', {}, 'Request'),
      code.element,
      h('h3', {}, 'Response'),
      stale,
      responsePlace,
      history.element,
    ),
  );
  const [first] = desks;
  if (first) show(first);
  return {
    open: (id, values = {}) => {
      const found = findDesk(id) ?? desk;
      if (!found) return;
      if (Object.keys(values).length > 0) {
        found.form.load(values);
        caller.load(values);
      }
      show(found);
      share();
    },
    fill,
    share,
  };
}

/** Whether no field of another part of the form has the same name. */
function isSolely({ operation }: OperationForm, name: string): boolean {
  const fields = [...operation.parameters, ...(operation.body ?? [])];
  return fields.some((field) => field.name === name && field.isRequired);
}

function toSourceRequest(method: string, path: string): Request {
  const headers = { 'content-type': 'application/json' };
  return { method, url: `${location.origin}${path}`, headers, body: '{}' };
}
