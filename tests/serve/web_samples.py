"""What the tests of the page do on it again and again."""

import json

PATIENCE_MS = 60_000


def choose(page, path):
    page.get_by_role("button", name="Skeleton file").click()
    page.locator("input[type=file]").first.set_input_files(path)


def save_as(page, path, name):
    choose(page, path)
    page.get_by_label("Name of the action").fill(name)
    page.get_by_role("button", name="Save").click()
    page.locator("li b", has_text=name).wait_for()


def verdict(page):
    """What the page says when it has made up its mind."""
    page.locator(".verdict li").first.wait_for()
    return page.locator(".verdict .name").inner_text()


def refuse_and_ask_again(page, question):
    """Escape refuses, and the button that asked has the keyboard again."""
    question.wait_for()
    page.keyboard.press("Escape")
    question.wait_for(state="detached")
    page.keyboard.press("Enter")
    question.wait_for()


def tell_events(page, *events, after=30):
    """Take the server's place in the stream, and tell of one event after every so many frames."""

    def talk(stream):
        times = []

        def answer(message):
            frame = json.loads(message)
            if frame["type"] == "start":
                stream.send(json.dumps({"type": "ready"}))
                return
            times.append(frame["time_s"])
            number, is_early = divmod(len(times), after)
            if not is_early and number <= len(events):
                span = {"start_s": times[5 - after], "end_s": times[-5], "confidence": 0.7}
                stream.send(json.dumps({"type": "event", **span, **events[number - 1]}))

        stream.on_message(answer)

    page.route_web_socket("**/api/v1/stream", talk)


HOLD = """([method, path, most]) => {
  window.ask ??= window.fetch;
  window.held = [];
  let count = 0;
  window.fetch = async (address, how) => {
    const isMeant = how.method === method && String(address).includes(path) && count < most;
    count += isMeant ? 1 : 0;
    const answer = await ask(address, how);
    if (isMeant) await new Promise((resolve) => held.push(resolve));
    return answer;
  };
}"""


class HeldAnswers:
    """Answers of the server that are back in the browser, and wait there to be read."""

    def __init__(self, page):
        self._page = page

    def await_held(self, count):
        self._page.wait_for_function("count => held.length >= count", arg=count)

    def free(self):
        """Let all of them go; those that come from now on are not held."""
        self._page.evaluate("() => { window.fetch = ask; held.forEach((go) => go()); }")


def hold_answers(page, method, path, most=1000):
    """Hold the answers to the next ``most`` requests with ``path`` in their address."""
    page.evaluate(HOLD, [method, path, most])
    return HeldAnswers(page)


WALKER = """
window.Worker = class {
  seen = 0;
  terminate() {}
  postMessage({ type, id }) {
    const tell = (data) => this.onmessage({ data });
    if (type === "load") return void setTimeout(() => tell({ type: "ready" }));
    this.seen += 1;
    const t = performance.now() / 1000;
    const isHidden = (joint) => joint === 15 || (joint === 16 && this.seen % 2 === 0);
    const body = Array.from({ length: 33 }, (_, joint) =>
      isHidden(joint) ? null : [joint % 2 ? 0.2 : -0.2, Math.sin(t) - joint / 20, joint / 50]);
    const wait_ms = this.seen % 12 ? [30, 60, 40][this.seen % 3] : 800;
    setTimeout(() => tell({ type: "pose", id, body }), wait_ms);
  }
};
"""
"""Finds a body at an uneven pace, at times at none; one wrist never, one in every other frame."""
