// Arguments for ffmpeg from which test clips are made.

/** 64×48 pixels, 24 pictures per second, small. */
export const picture = (seconds: number): string[] => [
  '-f',
  'lavfi',
  '-i',
  `testsrc=s=64x48:r=24:d=${seconds}`,
];
export const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
export const hevc = [
  '-c:v',
  'libx265',
  '-preset',
  'ultrafast',
  '-pix_fmt',
  'yuv420p',
  '-x265-params',
  'log-level=none',
];

/** Different expressions per channel: tones, a sweep and clicks (which bring short blocks), or noise. */
export function sound(channels: number, rate: number, seconds: number): string[] {
  const expressions = [
    '0.25*sin(2*PI*440*t)+0.15*sin(2*PI*(100+600*t)*t)+0.4*lt(mod(t,0.31),0.002)',
    '0.25*sin(2*PI*660*t)+0.1*sin(2*PI*1900*t)+0.4*lt(mod(t,0.47),0.002)',
    '0.3*sin(2*PI*310*t)',
    '0.2*sin(2*PI*70*t)',
    '0.2*sin(2*PI*990*t)+0.05*(random(1)-0.5)',
    '0.2*sin(2*PI*1230*t)',
  ];
  const layout = channels === 1 ? 'mono' : channels === 2 ? 'stereo' : '5.1';
  const source = expressions.slice(0, channels).join('|');
  return ['-f', 'lavfi', '-i', `aevalsrc='${source}':c=${layout}:s=${rate}:d=${seconds}`];
}

/** AAC-LC without perceptual noise substitution, whose random numbers no two decoders share. */
export const aac = (kbits: number): string[] => ['-c:a', 'aac', '-aac_pns', '0', '-b:a', `${kbits}k`];

/** A second of picture with stereo sound at 48 kHz. */
export const smallClip = [...picture(1), ...sound(2, 48000, 1), ...h264, ...aac(96)];
