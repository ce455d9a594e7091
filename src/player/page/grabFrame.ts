/**
 * The frame on screen as PNG.
 * @param maxSide pixels; the picture is made smaller when it is wider or higher
 * @throws {Error} (rejection) no frame is there, or the browser cannot encode it
 */
export async function grabFrame(
  video: HTMLVideoElement,
  maxSide = Infinity,
): Promise<Uint8Array<ArrayBuffer>> {
  const scale = Math.min(1, maxSide / Math.max(video.videoWidth, video.videoHeight));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(video.videoWidth * scale)),
    Math.max(1, Math.round(video.videoHeight * scale)),
  );
  const context = canvas.getContext('2d');
  if (!context || video.videoWidth === 0) throw new Error('There is no frame yet.');
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}
