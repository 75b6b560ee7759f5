// Ask the worker for poses, one picture at a time.

import type { FromWorker, ToWorker } from "./pose.worker";
import type { Body } from "./types";

const WIDTH = 512; // of the picture that is looked at; the model itself sees 256

export class PoseFinder {
  private readonly worker = new Worker(new URL("./pose.worker.ts", import.meta.url), {
    type: "module",
  });
  private answer: ((body: Body | null) => void) | null = null;
  private refuse: ((error: Error) => void) | null = null;
  private id = 0;
  private time_ms = 0;

  /** Load 15 MB once; they come from our own server. */
  static async load(): Promise<PoseFinder> {
    const finder = new PoseFinder();
    await new Promise<void>((resolve, reject) => {
      finder.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.type === "ready") resolve();
        else if (data.type === "failed") reject(new Error(sentence(data.detail)));
      };
      finder.worker.onerror = (event) => reject(new Error(sentence(event.message)));
      finder.tell({ type: "load", folder: new URL("./pose/", document.baseURI).href });
    });
    finder.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => finder.hear(data);
    return finder;
  }

  get isBusy(): boolean {
    return this.answer !== null;
  }

  /** The pose in a video's present frame; null where nobody is seen. */
  async find(video: HTMLVideoElement, passed_ms: number): Promise<Body | null> {
    const picture = await createImageBitmap(video, {
      resizeWidth: WIDTH,
      resizeHeight: Math.round((WIDTH * video.videoHeight) / video.videoWidth),
    });
    this.time_ms += Math.max(1, Math.round(passed_ms));
    this.id += 1;
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.refuse = reject;
      this.tell({ type: "frame", id: this.id, picture, time_ms: this.time_ms }, [picture]);
    });
  }

  close(): void {
    this.worker.terminate();
  }

  private tell(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private hear(message: FromWorker): void {
    const { answer, refuse } = this;
    this.answer = this.refuse = null;
    if (message.type === "pose") answer?.(message.body);
    else if (message.type === "failed") refuse?.(new Error(sentence(message.detail)));
  }
}

const sentence = (detail: string) => `The pose estimator could not run in this browser (${detail}).`;
