// The WebSocket: poses go up while they come, labels and events come back.

import { streamAddress } from "./api";
import type { Body, FoundEvent, Label } from "./types";

const COME_BACK_MS = 2000;
const MOST_WAITING_BYTES = 200_000; // a slow line loses frames, not time
const DIGITS = 1e4;
const PATIENCE_MS = 5000; // with a server that has said nothing since the first frame it owes a word
const SILENT = 408; // closed because nothing came, as from a hidden tab

interface Listener {
  onReady(): void;
  onLabel(label: Label): void;
  onEvent(event: FoundEvent): void;
  /** What was said last is no longer so. */
  onLost(): void;
  /** The stream could not be opened, and nobody said why; it is tried again. */
  onUnreachable(): void;
  /** The server refuses, and says why. */
  onProblem(sentence: string): void;
}

export class PoseStream {
  private socket: WebSocket | null = null;
  private isReady = false;
  private isClosed = false;
  private isAsleep = false; // until the next frame
  private timer = 0;
  private owed_ms = Infinity; // when the first frame went up that nothing has come back for

  constructor(
    private readonly jointNames: string[],
    private readonly sure: number, // the probability from which an action is named
    private readonly listener: Listener,
  ) {
    this.open();
  }

  send(time_s: number, body: Body): void {
    if (this.isAsleep) this.open();
    if (!this.isReady) return;
    const now = performance.now();
    this.owed_ms = Math.min(this.owed_ms, now);
    if (now - this.owed_ms > PATIENCE_MS) this.listener.onLost();
    if (this.socket!.bufferedAmount > MOST_WAITING_BYTES) return;
    const rounded = body.map((point) => point && point.map((c) => Math.round(c * DIGITS) / DIGITS));
    this.socket!.send(JSON.stringify({ type: "frame", time_s, persons: [rounded] }));
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  private open(): void {
    const { url, protocols } = streamAddress();
    const socket = new WebSocket(url, protocols);
    this.socket = socket;
    this.isAsleep = false;
    let wasRefused = false;
    let wasSilent = false;
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: "start", joint_names: this.jointNames, sure: this.sure }));
    };
    socket.onmessage = ({ data }) => {
      this.owed_ms = Infinity;
      const message = JSON.parse(data as string);
      if (message.type === "ready") {
        this.isReady = true;
        this.listener.onReady();
      } else if (message.type === "label") this.listener.onLabel(message as Label);
      else if (message.type === "event") this.listener.onEvent(message as FoundEvent);
      else if (message.type === "problem" && message.status === SILENT) wasSilent = true;
      else if (message.type === "problem") {
        wasRefused = true;
        this.listener.onProblem(message.detail as string);
      }
    };
    socket.onclose = () => {
      const wasReady = this.isReady;
      this.isReady = false;
      if (this.isClosed) return;
      this.listener.onLost();
      if (wasSilent) {
        this.isAsleep = true;
        return;
      }
      if (!wasRefused && !wasReady) this.listener.onUnreachable();
      this.timer = window.setTimeout(() => this.open(), wasRefused ? 4 * COME_BACK_MS : COME_BACK_MS);
    };
  }
}
