// A switch that records a call to the server: by SIPREC over UDP, with its two voices as RTP, all on real sockets.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** How long a packet's audio is. */
export const packetMs = 20;
const samplesPerPacket = 160;

/** A-law of a sample between -1 and 1 (ITU-T G.711). */
function aLaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const size = Math.min(32_767, Math.round(Math.abs(sample) * 32_767)) >> 3;
  let segment = 0;
  for (let rest = size >> 5; rest > 0; rest >>= 1) segment += 1;
  const mantissa = segment === 0 ? (size >> 1) & 0x0f : (size >> segment) & 0x0f;
  return (sign | (segment << 4) | mantissa) ^ 0x55;
}

/** A voice: a tone in A-law by RTP, to one port; whatever comes back is counted. */
export class Voice {
  private readonly socket: Socket = createSocket('udp4');
  /** Packets that it has said. */
  number = 0;
  answers = 0;
  /** Whether it says nothing: the line goes on in silence. */
  silent = false;

  private to: [host: string, port: number] | undefined;

  constructor(private readonly hz: number) {
    this.socket.on('message', () => (this.answers += 1));
  }

  /** Takes a port, at which nothing is to arrive. */
  async bind(): Promise<number> {
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    return this.socket.address().port;
  }

  speakTo(host: string, port: number): void {
    this.to = [host, port];
  }

  send(): void {
    const packet = Buffer.alloc(12 + samplesPerPacket);
    packet.writeUInt16BE(0x8008, 0);
    packet.writeUInt16BE(this.number & 0xffff, 2);
    packet.writeUInt32BE((this.number * samplesPerPacket) >>> 0, 4);
    packet.writeUInt32BE(this.hz, 8);
    for (let n = 0; n < samplesPerPacket; n += 1) {
      const at = (this.number * samplesPerPacket + n) / 8_000;
      packet[12 + n] = aLaw(this.silent ? 0 : 0.3 * Math.sin(2 * Math.PI * this.hz * at));
    }
    this.number += 1;
    if (this.to) this.socket.send(packet, this.to[1], this.to[0]);
  }

  close(): void {
    this.socket.close();
  }
}

/** The switch: one recording session by UDP (RFC 7866), with two streams that only send. */
export class Switch {
  private readonly socket: Socket = createSocket('udp4');
  private here = '';
  private dialog = '';

  constructor(
    private readonly host: string,
    private readonly port: number,
    /** The session's Call-ID. */
    private readonly id = '7f3a',
  ) {}

  /** Records a call, and gives the ports at which the server hears its streams. */
  async record(offered: number[]): Promise<number[]> {
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    this.here = `127.0.0.1:${this.socket.address().port}`;
    const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
    offered.forEach((port, n) => sdp.push(`m=audio ${port} RTP/AVP 8`, 'a=sendonly', `a=label:${n + 1}`));
    const metadata =
      '<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>' +
      '<stream stream_id="s1"><label>1</label></stream><stream stream_id="s2"><label>2</label></stream></recording>';
    const body = [
      '--b1',
      'Content-Type: application/sdp',
      '',
      ...sdp,
      '',
      '--b1',
      'Content-Type: application/rs-metadata+xml',
      'Content-Disposition: recording-session',
      '',
      metadata,
      '--b1--',
      '',
    ].join('\r\n');
    const more = ['Require: siprec', 'Content-Type: multipart/mixed;boundary=b1'];
    const answer = await this.ask('INVITE', 1, `<sip:srs@${this.host}:${this.port}>`, more, body);
    this.dialog = /^To: (.+)$/m.exec(answer)?.[1]?.trim() ?? '';
    this.say('ACK', 1, this.dialog, [], '');
    return [...answer.matchAll(/^m=audio (\d+) /gm)].map(([, port]) => Number(port));
  }

  async end(): Promise<void> {
    await this.ask('BYE', 2, this.dialog, [], '');
  }

  close(): void {
    this.socket.close();
  }

  /** The final answer to a request. */
  private async ask(method: string, number: number, to: string, more: string[], body: string): Promise<string> {
    this.say(method, number, to, more, body);
    for (;;) {
      const [answer] = (await once(this.socket, 'message')) as [Buffer];
      const text = answer.toString();
      if (!text.includes(`CSeq: ${number} ${method}`) || text.startsWith('SIP/2.0 1')) continue;
      if (!text.startsWith('SIP/2.0 200')) throw new Error(`the server answered ${text.split('\r\n')[0]}`);
      return text;
    }
  }

  private say(method: string, number: number, to: string, more: string[], body: string): void {
    const head = [
      `${method} sip:srs@${this.host}:${this.port} SIP/2.0`,
      `Via: SIP/2.0/UDP ${this.here};branch=z9hG4bK${this.id}${method}${number}`,
      'Max-Forwards: 70',
      `From: <sip:src@${this.here}>;tag=1`,
      `To: ${to}`,
      `Call-ID: ${this.id}`,
      `CSeq: ${number} ${method}`,
      `Contact: <sip:src@${this.here}>;+sip.src`,
      ...more,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.socket.send(`${head.join('\r\n')}\r\n\r\n${body}`, this.port, this.host);
  }
}
