/** Stylesheets are bundled into dist/player.css. */
declare module '*.css';
