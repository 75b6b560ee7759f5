// Draw moving skeletons: play, pause, scrub, turn about the vertical.
"use strict";
(() => {
  const scenes = JSON.parse(document.getElementById("scenes").textContent);
  const REST_S = 0.6; // stand still at the end before starting over
  const PITCH = 0.16, DISTANCE = 5, START_YAW = 0.4;
  let colours;

  const parseColour = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    const ramp = (name) => [0, 1, 2, 3, 4].map((step) => parseColour(read(name + step)));
    colours = {
      bone: read("--bone"), ground: read("--ground"), card: read("--card"), ink: read("--ink"),
      importance: ramp("--ramp-"), contribution: ramp("--sign-"),
    };
  }

  // A share is 0 to 1, or of a contribution -1 to 1.
  function shareColour(share, scale) {
    const ramp = colours[scale], lowest = scale === "contribution" ? -1 : 0;
    const place = (Math.min(Math.max(share, lowest), 1) - lowest) / (1 - lowest) * (ramp.length - 1);
    const low = Math.min(Math.floor(place), ramp.length - 2), part = place - low;
    const mixed = ramp[low].map((c, i) => Math.round(c + (ramp[low + 1][i] - c) * part));
    return "rgb(" + mixed.join(",") + ")";
  }

  class Figure {
    constructor(canvas) {
      this.canvas = canvas;
      this.scene = scenes[Number(canvas.dataset.scene)];
      this.duration = (this.scene.frames - 1) / this.scene.fps;
      this.yaw = START_YAW;
      this.time = 0;
      this.listen();
    }

    listen() {
      let from = null;
      this.canvas.addEventListener("pointerdown", (event) => {
        from = event.clientX;
        this.canvas.setPointerCapture(event.pointerId);
      });
      this.canvas.addEventListener("pointermove", (event) => {
        if (from === null) return;
        this.turn((event.clientX - from) * 0.012);
        from = event.clientX;
      });
      for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => { from = null; });
      this.canvas.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -0.15, ArrowRight: 0.15 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        this.turn(step);
      });
    }

    turn(angle) { this.yaw += angle; this.draw(); }

    // The body faces -z, so the eye stands at -z and sees +x on its left.
    project(x, y, z) {
      const c = Math.cos(this.yaw), s = Math.sin(this.yaw);
      const across = -(c * x + s * z), deep = -s * x + c * z;
      const up = y * Math.cos(PITCH) + deep * Math.sin(PITCH);
      const away = deep * Math.cos(PITCH) - y * Math.sin(PITCH);
      const zoom = DISTANCE / (DISTANCE + away);
      return { x: this.size / 2 + across * zoom * this.scale, y: this.size / 2 - up * zoom * this.scale, away, zoom };
    }

    // The frames before and after this moment, and how far it is between them.
    between() {
      const last = this.scene.frames - 1, place = Math.min(this.time * this.scene.fps, last);
      const first = Math.floor(place);
      return { first, second: Math.min(first + 1, last), part: place - first };
    }

    // The share of every joint at this moment; null where nothing is known.
    shares() {
      const { shares, parents } = this.scene, count = parents.length;
      if (!shares) return null;
      if (shares.length === count) return shares.map((share) => share / 100);
      const { first, second, part } = this.between();
      return parents.map((_, joint) => {
        const low = shares[first * count + joint];
        return (low + (shares[second * count + joint] - low) * part) / 100;
      });
    }

    // Joints of one person between two frames; null where a joint is not drawn.
    pose(person) {
      const { parents, persons, seen } = this.scene, count = parents.length;
      const { first, second, part } = this.between();
      const drawn = (frame, joint) => !seen || seen[person][frame * count + joint] === "1";
      return parents.map((_, joint) => {
        const nearest = part < 0.5 ? first : second;
        if (!drawn(nearest, joint)) return null;
        const a = drawn(first, joint) ? first : nearest, b = drawn(second, joint) ? second : nearest;
        const at = [0, 1, 2].map((axis) => {
          const low = persons[person][(a * count + joint) * 3 + axis];
          return (low + (persons[person][(b * count + joint) * 3 + axis] - low) * part) / 1000;
        });
        return this.project(at[0], at[1], at[2]);
      });
    }

    draw() {
      const ratio = Math.min(window.devicePixelRatio || 1, 2), width = this.canvas.clientWidth;
      if (!width) return;
      if (this.canvas.width !== Math.round(width * ratio)) this.canvas.width = this.canvas.height = Math.round(width * ratio);
      const pen = this.canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, width);
      this.size = width;
      this.scale = width * 0.41;
      this.drawGround(pen);
      for (let person = 0; person < this.scene.persons.length; person += 1) this.drawPerson(pen, this.pose(person));
    }

    drawGround(pen) {
      const y = this.scene.floor / 1000, reach = 0.75;
      pen.strokeStyle = colours.ground;
      pen.lineWidth = 1;
      pen.beginPath();
      for (let i = -2; i <= 2; i += 1) {
        const at = (i / 2) * reach;
        for (const ends of [[[at, -reach], [at, reach]], [[-reach, at], [reach, at]]]) {
          const [a, b] = ends.map(([x, z]) => this.project(x, y, z));
          pen.moveTo(a.x, a.y);
          pen.lineTo(b.x, b.y);
        }
      }
      pen.stroke();
    }

    drawPerson(pen, joints) {
      const unit = this.size / 260, shares = this.shares();
      pen.lineCap = "round";
      pen.strokeStyle = colours.bone;
      this.scene.parents.forEach((parent, joint) => {
        const a = joints[joint], b = joints[parent];
        if (parent === joint || !a || !b) return;
        pen.lineWidth = 3 * unit * (a.zoom + b.zoom) / 2;
        pen.beginPath();
        pen.moveTo(a.x, a.y);
        pen.lineTo(b.x, b.y);
        pen.stroke();
      });
      const order = joints.map((_, joint) => joint).filter((joint) => joints[joint]);
      order.sort((one, other) => joints[other].away - joints[one].away);
      for (const joint of order) {
        const share = shares ? shares[joint] : 0.3;
        pen.beginPath();
        pen.arc(joints[joint].x, joints[joint].y, (2.4 + 5.2 * Math.abs(share)) * unit * joints[joint].zoom, 0, 2 * Math.PI);
        pen.fillStyle = shares ? shareColour(share, this.scene.scale) : colours.ink;
        pen.fill();
        pen.lineWidth = 1.2 * unit;
        pen.strokeStyle = colours.card;
        pen.stroke();
        pen.strokeStyle = colours.bone;
      }
    }
  }

  class Player {
    constructor(element) {
      this.element = element;
      this.figures = [...element.querySelectorAll("canvas")].map((canvas) => new Figure(canvas));
      this.slider = element.querySelector("input");
      this.clock = element.querySelector(".clock");
      this.length = Math.max(...this.figures.map((figure) => figure.duration), 0.001);
      this.inSight = false;
      element.querySelector(".play").addEventListener("click", () => this.play(!this.playing));
      this.slider.addEventListener("input", () => {
        this.play(false);
        this.seek(Number(this.slider.value) / 1000 * this.length);
      });
      this.seek(0);
    }

    play(on) {
      this.playing = on;
      this.element.classList.toggle("playing", on);
    }

    advance(seconds) {
      if (!this.playing || !this.inSight) return;
      this.seek(this.time > this.length + REST_S ? 0 : this.time + seconds);
    }

    seek(time) {
      this.time = time;
      const shown = Math.min(time, this.length);
      this.slider.value = String(Math.round(shown / this.length * 1000));
      this.element.style.setProperty("--at", (shown / this.length).toFixed(4));
      this.clock.textContent = shown.toFixed(1) + " s";
      this.draw();
    }

    draw() {
      for (const figure of this.figures) {
        figure.time = Math.min(this.time, figure.duration);
        figure.draw();
      }
    }
  }

  readColours();
  const players = [...document.querySelectorAll(".player")].map((element) => new Player(element));
  const all = document.querySelector(".all");

  function playAll(on) {
    for (const player of players) player.play(on);
    if (all) all.textContent = on ? "Pause all" : "Play all";
  }
  if (all) all.addEventListener("click", () => playAll(!players.some((player) => player.playing)));
  playAll(!window.matchMedia("(prefers-reduced-motion: reduce)").matches);

  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) players.find((player) => player.element === entry.target).inSight = entry.isIntersecting;
  });
  for (const player of players) sight.observe(player.element);

  const redraw = () => players.forEach((player) => player.draw());
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); redraw(); });
  window.addEventListener("resize", redraw);

  let before = null;
  function tick(now) {
    const seconds = before === null ? 0 : Math.min((now - before) / 1000, 0.1);
    before = now;
    for (const player of players) player.advance(seconds);
    requestAnimationFrame(tick);
  }
  requestAnimationFrame(tick);
})();
