// A sound for each S1 row that nobody has taken, once, and words for those who do not hear it.

let known = new Set<string>();
let audio: AudioContext | undefined;

const urgent = (root: ParentNode): HTMLElement[] => [
  ...root.querySelectorAll<HTMLElement>('[data-row][data-tag="S1"][data-untaken]'),
];

/** What is on the page when it opens has been seen; it does not sound. */
export function knowAlarms(): void {
  known = new Set(urgent(document).map((row) => row.id));
}

/** Sounds and speaks for what is new since the last time, shown or waiting behind the pill. */
export function alarm(root: ParentNode): void {
  const rows = urgent(root);
  const fresh = rows.filter((row) => !known.has(row.id));
  known = new Set(rows.map((row) => row.id));
  if (fresh.length === 0) return;
  const shout = document.getElementById("shout");
  if (shout) shout.textContent = `New S1: ${fresh[0]?.querySelector(".why")?.textContent ?? ""}`;
  if (document.documentElement.dataset["sound"] !== "off") ring();
}

/** Two short tones, quiet. A browser that has not been touched yet keeps silent; the words still come. */
function ring(): void {
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
  const start = audio.currentTime;
  [660, 880].forEach((pitch, index) => {
    const at = start + index * 0.18;
    const tone = new OscillatorNode(audio as AudioContext, { frequency: pitch, type: "sine" });
    const volume = new GainNode(audio as AudioContext, { gain: 0 });
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.2, at + 0.02);
    volume.gain.linearRampToValueAtTime(0, at + 0.16);
    tone.connect(volume).connect((audio as AudioContext).destination);
    tone.start(at);
    tone.stop(at + 0.17);
  });
}
