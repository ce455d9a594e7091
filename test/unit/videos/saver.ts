/** A process of its own that saves one video, for tests that kill it. Its argument is the order as JSON. */
import { type SaveOrder, saveVideo } from './saveVideo.ts';

const order: SaveOrder = JSON.parse(process.argv[2] ?? '');
process.stdout.write(await saveVideo(order));
