// Hearing a live call. Receive only: there is no microphone here, and nothing that could ask for one. The caller is in the left
// ear, the call handler in the right, each with its own volume and level. What the server says of the call is its own matter
// (the page's live line); what this does is the sound.

/** Without a connection for so long another one is asked for. */
const LOST_MS = 1_500;
const RETRY_MS = 2_000;
/** How often the levels are read. */
const LEVEL_MS = 100;
/** Louder than this is called speaking, in decibels below full scale. */
const SPEAKING_DB = -45;

interface Answer {
  hearing: number;
  sdp: string;
}

interface Channel {
  /** 0 is the caller's line, 1 the call handler's. */
  line: number;
  gain: GainNode;
  analyser: AnalyserNode;
  samples: Float32Array<ArrayBuffer>;
}

let room: HTMLElement | undefined;
let sound: AudioContext | undefined;
let peer: RTCPeerConnection | undefined;
let channels: Channel[] = [];
let elements: HTMLAudioElement[] = [];
let hearing: number | undefined;
let lostTimer: number | undefined;
/** What is behind the present, in milliseconds. */
let behind = 0;

const part = <T extends Element>(name: string): T | null => room?.querySelector<T>(`[data-ear="${name}"]`) ?? null;

function say(words: string, isAlarm = false): void {
  const place = part<HTMLElement>("say");
  if (!place || place.textContent === words) return;
  place.textContent = words;
  place.classList.toggle("over", isAlarm);
}

/** Shows the controls that belong to a state: before, and while somebody listens. */
function shows(isListening: boolean): void {
  if (!room) return;
  room.dataset["listening"] = String(isListening);
  for (const element of room.querySelectorAll<HTMLElement>("[data-while]")) {
    element.hidden = (element.dataset["while"] === "listening") !== isListening;
  }
}

/** Sends a form as the page does; the answer, or the words of the refusal. */
async function post(path: string, fields: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams({ csrf: room?.dataset["csrf"] ?? "", ...fields });
  return fetch(path, { method: "POST", body, headers: { "X-Sheet": "1" }, credentials: "same-origin", redirect: "error" });
}

/** A connection that asks to hear two lines and offers nothing. */
async function offer(): Promise<RTCPeerConnection> {
  const connection = new RTCPeerConnection();
  for (let line = 0; line < 2; line += 1) connection.addTransceiver("audio", { direction: "recvonly" });
  connection.ontrack = (event) => {
    const line = connection.getTransceivers().indexOf(event.transceiver);
    hear(line, event.track);
  };
  connection.onconnectionstatechange = () => {
    if (connection !== peer) return;
    clearTimeout(lostTimer);
    if (connection.connectionState === "connected") tellPlace();
    else if (/^(disconnected|failed|closed)$/.test(connection.connectionState)) {
      say("The connection was lost. Trying again.", true);
      lostTimer = setTimeout(() => void again(), connection.connectionState === "disconnected" ? LOST_MS : 0);
    }
  };
  await connection.setLocalDescription(await connection.createOffer());
  return connection;
}

function hear(line: number, track: MediaStreamTrack): void {
  if (!sound) return;
  const stream = new MediaStream([track]);
  // The browser takes a stream off the wire only for an element that plays it; what is heard comes from the graph below.
  const element = new Audio();
  element.muted = true;
  element.srcObject = stream;
  void element.play();
  elements[line]?.pause();
  elements[line] = element;
  const analyser = new AnalyserNode(sound, { fftSize: 2048 });
  const gain = new GainNode(sound, { gain: volume(line) });
  const side = new StereoPannerNode(sound, { pan: line === 0 ? -1 : 1 });
  sound.createMediaStreamSource(stream).connect(analyser).connect(gain).connect(side).connect(sound.destination);
  channels[line]?.gain.disconnect();
  channels[line] = { line, gain, analyser, samples: new Float32Array(analyser.fftSize) };
}

function volume(line: number): number {
  const slider = room?.querySelector<HTMLInputElement>(`input[data-line="${line}"]`);
  return Number(slider?.value ?? 100) / 100;
}

function showLevels(): void {
  for (const { line, analyser, samples } of channels) {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibels = 10 * Math.log10(power + 1e-9);
    const width = Math.round(Math.min(100, Math.max(0, ((decibels + 60) / 54) * 100)));
    room?.querySelector(`[data-level="${line}"] rect.on`)?.setAttribute("width", String(width));
    const words = decibels > SPEAKING_DB ? "speaking" : "quiet";
    const label = room?.querySelector(`[data-voice="${line}"]`);
    if (label && label.textContent !== words) label.textContent = words;
  }
}

function tellPlace(): void {
  say(behind > 0 ? `${Math.round(behind / 1000)} s behind the call` : "Live");
}

async function start(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector("button");
  if (button) button.disabled = true;
  say("Connecting");
  try {
    // Made by the click: a browser lets no page sound before one.
    sound ??= new AudioContext({ latencyHint: "interactive" });
    void sound.resume();
    const fields = Object.fromEntries([...new FormData(form)].filter((field): field is [string, string] => typeof field[1] === "string"));
    const connection = await offer();
    const response = await post(form.action, { ...fields, form_id: unique("listen"), sdp: connection.localDescription?.sdp ?? "" });
    if (!response.ok) {
      connection.close();
      say(await response.text(), true);
      return;
    }
    const answer = (await response.json()) as Answer;
    hearing = answer.hearing;
    behind = 0;
    await take(connection, answer);
    shows(true);
    part<HTMLElement>("stop")?.focus();
  } catch {
    say("The server did not answer. Nobody listens. Try again.", true);
  } finally {
    if (button) button.disabled = false;
  }
}

async function take(connection: RTCPeerConnection, answer: Answer): Promise<void> {
  const before = peer;
  peer = connection;
  before?.close();
  await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
}

/** Another connection in the place of the one that was lost: the server goes on where that one was. */
async function again(): Promise<void> {
  if (hearing === undefined) return;
  try {
    const connection = await offer();
    const response = await post(`/hearings/${hearing}/offer`, { sdp: connection.localDescription?.sdp ?? "" });
    if (response.ok) return void (await take(connection, (await response.json()) as Answer));
    connection.close();
    return ended(await response.text());
  } catch {
    say("The server cannot be reached. Trying again.", true);
  }
  lostTimer = setTimeout(() => void again(), RETRY_MS);
}

function ended(why: string): void {
  clearTimeout(lostTimer);
  hearing = undefined;
  peer?.close();
  peer = undefined;
  for (const element of elements) element?.pause();
  for (const channel of channels) channel.gain.disconnect();
  [channels, elements] = [[], []];
  shows(false);
  say(why);
}

async function stop(): Promise<void> {
  const id = hearing;
  if (id === undefined) return;
  ended("You have stopped listening.");
  await post(`/hearings/${id}/stop`, { form_id: unique("stop") }).catch(() => undefined);
}

async function go(path: string, fields: Record<string, string>): Promise<void> {
  if (hearing === undefined) return;
  const response = await post(`/hearings/${hearing}/${path}`, fields).catch(() => undefined);
  if (!response?.ok) return;
  behind = ((await response.json()) as { behind_ms: number }).behind_ms;
  tellPlace();
}

/** How far what is heard here is behind the call, in milliseconds. */
export function heardBehind(): number {
  return hearing === undefined ? 0 : behind;
}

/** A form's id that no other sending has. */
export function unique(verb: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `${verb}.${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Whether the server still has this listening: its live line says which there is. */
function follow(): void {
  if (hearing === undefined) return;
  const told = document.getElementById("hearing");
  const seq = Number(document.getElementById("moment")?.dataset["seq"] ?? 0);
  // A page drawn before the listening began knows nothing of it yet.
  if (told && seq >= hearing && told.dataset["id"] !== String(hearing)) ended(told.dataset["why"] || "Your listening has ended.");
}

/** Takes the controls into use, as soon as the page has them. */
function attach(): void {
  const found = document.querySelector<HTMLElement>("[data-listen]");
  if (!found || found === room) return;
  room = found;
  shows(false);
  room.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    void start(form);
  });
  room.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-do]") : null;
    const what = pressed?.dataset["do"];
    if (what === "stop") void stop();
    if (what === "back") void go("rewind", { seconds: pressed?.dataset["behind"] ?? "10" });
    if (what === "live") void go("catch-up", {});
  });
  room.addEventListener("input", (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.dataset["line"] === undefined) return;
    const line = Number(event.target.dataset["line"]);
    const channel = channels[line];
    if (channel && sound) channel.gain.gain.setTargetAtTime(volume(line), sound.currentTime, 0.02);
  });
}

export function startListening(): void {
  attach();
  setInterval(showLevels, LEVEL_MS);
  document.addEventListener("alongside:shown", () => {
    attach();
    follow();
  });
  // Another network: the old connection may take long to notice.
  addEventListener("online", () => {
    if (hearing !== undefined) void again();
  });
  addEventListener("pagehide", () => {
    if (hearing === undefined) return;
    const body = new URLSearchParams({ csrf: room?.dataset["csrf"] ?? "", form_id: unique("stop") });
    navigator.sendBeacon(`/hearings/${hearing}/stop`, body);
    hearing = undefined;
  });
}
