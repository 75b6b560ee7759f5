// Calls to the server. Every failure becomes an Error whose message is a sentence for the person;
// a call that was given up (its signal aborted) fails with an AbortError, which nobody need see.

import { line } from "./line.svelte";
import type { Clip, Form, Known, Layout, Model, PoseFrame, Recognition } from "./types";

const ROOT = new URL("./api/v1/", document.baseURI);
const JSON_TYPE = "application/json";
const FILE_TYPE = "application/octet-stream";

export type FileFormat = "bvh" | "ntu" | "npz";

const NO_ANSWER = 0;
const BUSY = [NO_ANSWER, 429, 503];
const COME_BACK_S = 2;

/** The server refuses (`status`), or nobody answers (0). */
export class ServerError extends Error {
  constructor(
    sentence: string,
    readonly status: number,
    readonly retryAfter_s = COME_BACK_S,
  ) {
    super(sentence);
  }

  get isSilence(): boolean {
    return this.status === NO_ANSWER;
  }

  /** Whether the same call may go well a little later. */
  get isPassing(): boolean {
    return BUSY.includes(this.status);
  }
}

/** Whether a call failed because what it was about is not there any more. */
export const isGone = (error: unknown) => error instanceof ServerError && error.status === 404;

const isRefused = (error: unknown) => error instanceof ServerError && error.status === 422;

/** A sentence of the server about a file, which it gave a name and a folder of its own. */
export const nameFile = (sentence: string, file: File) =>
  sentence.replace(/[^\s'"“(]*upload\.\w+/g, () => file.name);

let token = sessionStorage.getItem("token") ?? "";

/** Keep the token after the # of the address for this tab, and take it out of the address. */
export function takeToken(): boolean {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return false;
  token = given;
  sessionStorage.setItem("token", given);
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

takeToken();

interface Options {
  query?: Record<string, string>;
  body?: BodyInit;
  type?: string;
  signal?: AbortSignal;
}

async function send(method: string, path: string, options: Options = {}): Promise<Response> {
  const { query = {}, body = null, type, signal = null } = options;
  const url = new URL(path, ROOT);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers: Record<string, string> = {};
  if (type) headers["Content-Type"] = type;
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(url, { method, headers, body, signal }).catch(() => null);
  signal?.throwIfAborted();
  line.isSilent = response === null;
  if (response === null) {
    throw new ServerError("The server does not answer. Is it still running?", NO_ANSWER);
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => null);
    throw new ServerError(
      problem?.detail ?? `The server answered with ${response.status}.`,
      response.status,
      Number(response.headers.get("Retry-After")) || COME_BACK_S,
    );
  }
  return response;
}

const asKnown = async (response: Response) => (await response.json()) as Known;

/** A clip as the server takes it: without what only we need. */
function pack(clip: Clip): string {
  return JSON.stringify({ joint_names: clip.layout.joints, persons: clip.persons, fps: clip.fps });
}

export const checkHealth = async () => void (await send("GET", "health"));

export const fetchModel = async () => (await (await send("GET", "model")).json()) as Model;

export const listActions = async () => asKnown(await send("GET", "actions"));

/** Show an action once; with `eitherSide`, done with the other hand or leg it counts too. */
export const enroll = async (name: string, clip: Clip, source: string, eitherSide: boolean) =>
  asKnown(
    await send("POST", "actions", {
      query: { name, source, either_side: String(eitherSide) },
      body: pack(clip),
      type: JSON_TYPE,
    }),
  );

/** Show what is none of the actions: the like is unknown from then on. */
export const dismiss = async (clip: Clip, source: string, eitherSide: boolean) =>
  asKnown(
    await send("POST", "dismissed", {
      query: { source, either_side: String(eitherSide) },
      body: pack(clip),
      type: JSON_TYPE,
    }),
  );

export const forgetDismissed = async () => asKnown(await send("DELETE", "dismissed"));

/** Forget one of the clips that were dismissed, if it is still the one of this id. */
export const forgetOneDismissed = async (number: number, clip: string) =>
  asKnown(await send("DELETE", `dismissed/${number}`, { query: { clip } }));

export const fetchDismissed = async (number: number, signal: AbortSignal) =>
  (await (await send("GET", `dismissed/${number}`, { signal })).json()) as Clip;

export const rename = async (id: string, name: string) =>
  asKnown(
    await send("PATCH", `actions/${id}`, { body: JSON.stringify({ name }), type: JSON_TYPE }),
  );

export const remove = async (id: string) => asKnown(await send("DELETE", `actions/${id}`));

/** Forget one of the clips that show an action, if it is still the one of this id. */
export const removeExemplar = async (id: string, number: number, clip: string) =>
  asKnown(await send("DELETE", `actions/${id}/exemplars/${number}`, { query: { clip } }));

export const fetchExemplar = async (id: string, number: number, signal: AbortSignal) =>
  (await (await send("GET", `actions/${id}/exemplars/${number}`, { signal })).json()) as Clip;

/** Name the action of a clip, from the probability `sure` on. */
export const recognize = async (clip: Clip, sure: number, signal: AbortSignal) =>
  (await (
    await send("POST", "recognitions", {
      query: { sure: String(sure) },
      body: pack(clip),
      type: JSON_TYPE,
      signal,
    })
  ).json()) as Recognition;

/** What was different in each repetition of an action; null where there is nothing to count by. */
export async function checkForm(id: string, clip: Clip, signal: AbortSignal): Promise<Form | null> {
  const options = { body: pack(clip), type: JSON_TYPE, signal };
  const response = await send("POST", `actions/${id}/form`, options).catch((error) => {
    if (isRefused(error) || isGone(error)) return null;
    throw error;
  });
  return response && ((await response.json()) as Form);
}

export const readFile = async (
  file: File,
  format: FileFormat,
  clip: string,
  signal: AbortSignal,
) =>
  (await (
    await send("POST", "clips", {
      query: clip ? { format, clip } : { format },
      body: file,
      type: FILE_TYPE,
      signal,
    })
  ).json()) as Clip;

/** Frames of one person as they came, as a clip of a steady rate: the server's rule, and no other. */
export const makeSteady = async ({ joints }: Layout, frames: PoseFrame[], signal: AbortSignal) => {
  const persons = [frames.map(({ body }) => body)];
  const times_s = frames.map(({ time_s }) => time_s);
  const body = JSON.stringify({ joint_names: joints, persons, times_s });
  return (await (await send("POST", "clips", { body, type: JSON_TYPE, signal })).json()) as Clip;
};

export const exportGallery = async () => (await send("GET", "gallery")).blob();

export const importGallery = async (file: File) =>
  asKnown(await send("POST", "gallery", { body: file, type: FILE_TYPE }));

/** Address and protocols of the stream; a browser can give a WebSocket no header. */
export function streamAddress(): { url: URL; protocols: string[] } {
  const url = new URL("stream", ROOT);
  url.protocol = url.protocol.replace("http", "ws");
  const secret = btoa(token).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return { url, protocols: token ? ["crossglg.v1", `bearer.${secret}`] : ["crossglg.v1"] };
}
