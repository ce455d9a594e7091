/**
 * A Huffman codebook of ISO/IEC 14496-3 Annex 4.A.1. The code words are written by their lengths: `length:symbols;…`,
 * all in base 36, the symbols in the order of their code words. Each code word is the one before plus one, brought to its
 * length, so that nothing more has to be said. A symbol is the standard's codeword index.
 */
export interface Codebook {
  readonly codes: string;
  /** Coefficients per code word: 4 or 2. */
  readonly dimension: number;
  /** The sign is part of the code word; else a sign bit follows for each coefficient that is not 0. */
  readonly signed: boolean;
  /** Largest absolute value (LAV in table 4.151). */
  readonly largest: number;
}

/** Spectrum codebooks 1 to 11, at index 0 to 10. */
export const SPECTRUM_CODEBOOKS: readonly Codebook[] = [
  {
    dimension: 4,
    signed: true,
    largest: 1,
    codes:
      '1:14;5:1v,d,13,1d,15,11,17,v;7:1m,m,12,1a,y,16,24,10,4,s,1s,1c,g,18,1y,w,1g,1e,a,1w,c,1u,e,u;9:21,j,1p,1' +
      'f,1b,z,x,1j,1t,19,p,f,7,t,1n,1l,l,1,r,1h,1x,25,n,27;a:5,9,23,1r,b,3,h,1z;b:1o,k,o,1k,28,8,20,6,0,22,1q,q' +
      ',i,2,1i,26',
  },
  {
    dimension: 4,
    signed: true,
    largest: 1,
    codes:
      '3:14;4:1v;5:d,15,11,13,v,17,1d;6:y,m,1a,16,1c,12,c,1m,1s,4,10,1y,1w,w,g,1e,s,e,u,a,24,1g,18,1u;7:1b,1t,j' +
      ',x,1p,23,1z,p,t,27,f,1,b,1j,21;8:1n,l,7,h,5,3,r,1x,1r,19,1h,n,9,1f,1l,z,25,1o,k;9:1k,0,o,q,28,6,1q,i,8,2' +
      '0,1i,2,22,26',
  },
  {
    dimension: 4,
    signed: false,
    largest: 2,
    codes:
      '1:0;4:r,1,9,3;5:10,4;6:c,a,u,d,s,13;7:14,v,11;8:1i,2,5,1r,1c;9:7,g,19,e,1u,6,l,f,i,b,1l,1d,m,16,17;a:1a,' +
      'x,y,j,1v,15,1s,w,8,h,23,1f,t,1j,p;b:20,1g,12,1m,18,24,o,n;c:z,21,1x,26,q,27,1y,1e,1h;d:k,1o,1b;e:1p,1w,1' +
      't;f:28,25,1z,1n,1k;g:22,1q',
  },
  {
    dimension: 4,
    signed: false,
    largest: 2,
    codes:
      '4:14,d,11,13,v,r,10,0,4,u;5:s,c,1,a,3,9;7:1v,17,1d,15,1u,1s,1c,1m,g;8:e,16,m,w,1a,12,y,1r,1l,19,1j,b,l,5' +
      ',f,j,t,7,x,1i,2;9:i,6,1g,24,1y,18,1e,1w;a:1f,23,1x,p,h,21,n,1p,z,27,1b,1n,1t,1h;b:1z,25,o,20,8,1o,k,1k,2' +
      '8,q,26;c:22,1q',
  },
  {
    dimension: 2,
    signed: true,
    largest: 4,
    codes:
      '1:14;4:v,1d,15,13;5:1c,w,u,1e;7:m,16,1m,12;8:l,1n,t,1f,n,1l,x,1b,d,1v,11,17;9:c,1g,1w,s,e,1u,1a,y,o,1o,k' +
      ',1k;a:b,1t,p,1j,1x,1p,f,j,10,4,25,24;b:3,18,23,r,1h,z,5,19,1s,a,g,q,2,26,1i,1q,1y,6;c:i,22,1r,1,7,1z,h,2' +
      '7,21,9;d:20,8,28,0',
  },
  {
    dimension: 2,
    signed: true,
    largest: 4,
    codes:
      '4:14,1d,13,15,v,1e,w,1c,u;6:1l,1n,n,l,m,x,1m,1b,1f,12,t,16,1k,o,k,1o;7:e,1w,1u,y,c,1g,1a,s,1v,d,11,17,1x' +
      ';8:b,p,1p,1t,1j,j,f,1y;9:1s,a,g,19,r,25,5,3,1h,23,z,10,6,2,1q,i,4,26,22,q,24,1i,18;a:9,h,1r,21,1z,27,7,1' +
      ';b:28,8,0,20',
  },
  {
    dimension: 2,
    signed: false,
    largest: 7,
    codes:
      '1:0;3:8,1;4:9;6:h,a,g,2;7:p,b,i,o,3;8:j,q,c,x,d,15,r,k,4,w;9:y,l,16,5,1d,14,e,z,t,s,17,m,1e,f;a:u,6,1c,1' +
      '0,1l,11,1m,18,1f,n,1n,1g,19,12,v;b:1k,7,1h,1a,1o,13,1b,1p;c:1q,1i,1j,1r',
  },
  {
    dimension: 2,
    signed: false,
    largest: 7,
    codes:
      '3:9;4:h,8,a,1,i;5:0,g,2,p,b,q,j;6:r,x,c,y,k,o,3,z,s,16;7:15,l,d,17,t,10,18,4,11,w,m,1e,1d,e;8:u,1f,19,14' +
      ',1g,5,12,1l,1m,n,1h,1n,f,1a,v;9:1i,1o,1c,13,6,1p,1q,1j;a:1b,1k,7,1r',
  },
  {
    dimension: 2,
    signed: false,
    largest: 12,
    codes:
      '1:0;3:d,1;4:e;6:r,f,q,2;7:14,s,g;8:13,3,t,15,h,1h,u,i;9:1i,16,4,1g,1u,v,j,17,1v,27,1j;a:5,w,1t,k,18,l,2x' +
      ',1k,1w,28,2k,6,2y,y,19,x,1l,3a,m,2l;b:26,1x,29,2z,7,3b,1b,1m,1a,8,3n,2a,z,1y,2w,2j,2m,3o,3c,30,n,2n,2b,1' +
      'z,1o,1n,1c,40,21,39,31;c:3p,10,9,41,3d,2c,4d,1p,32,o,3e,3q,20,2o,11,p,4e,42,1d,22,2d,33,43,a,2p,4f,3m,3r' +
      ',1q,2e,12,3f,3g,1r,3z,2f,1e,23;d:34,2r,4h,1f,44,2q,4g,45,3s,1s,2s,24,b,4i,2g,4c,3t,25,2t,3h,c,46,35,3i,3' +
      'u,2u,4j,2h,37,47,2v,2i;e:36,3v,38,3j,3k,3l,3x,4l,3w,48,4k,49,4m,4n;f:3y,4a,4b,4o',
  },
  {
    dimension: 2,
    signed: false,
    largest: 12,
    codes:
      '4:e,f,r;5:s,d,1,g,15,14,t,16;6:q,2,u,1i,h,1h,0,1j,17,13,3,1k,v,1v;7:i,1u,1w,18,1x,1l,28,w,29,1g,27,4,j,1' +
      '9,1y,2a,1m;8:2b,2l,1a,x,1z,2y,2m,1t,2k,5,2x,k,2z,2n,1n,y,2c,2o,l,1b,30,1o,20,31,21;9:2p,2d,3b,26,2e,3c,1' +
      'c,3a,z,6,32,3d,1p,3o,m,2q,33,3e,2r,3p,22,3q,10,3n,1d,3f,2f,2w,1q,2j,41;a:2s,42,3s,n,40,3g,7,34,3r,1e,23,' +
      '35,44,8,43,11,2t,2g,3t,1r,o,4e,3h,4f,45,24,4g,46,4h,1f,2h,39,3u,3m,4d,9,1s,3i,4i,12,36;b:3j,p,47,4j,2u,2' +
      '5,2i,3v,37,4k,a,2v,3z,3w,48,49,b,4a,3k,3x,4c,38;c:4l,3y,3l,4b,4n,c,4m,4o',
  },
  {
    dimension: 2,
    signed: false,
    largest: 16,
    codes:
      '4:0,i;5:80,h,1,z,j,10;6:k,1g,1h,y,11,2,1i;7:1x,l,1y,12,1z,1j,1f,3,2e,2f,13,20,m,2g,1k,2h;8:21,2w,14,2v,2' +
      'x,1l,n,2c,1v,7p,7n,7o,2y,7q,1w,22,4,1e,2i,2t,7r,7m,7s,15,3d,1m,2z,2j,3a,7u,3e,3c,7t,3r,x,o,23,7v,3f,7w,4' +
      '8,7l,30,4p,16,2k,56,7x,3v,3u,1n,2d,7y,5n,3g,24,31,3h,5;9:3w,7z,64,p,3t,72,2l,6l,1o,3x,3i,17,3y,4b,4c,7j,' +
      '25,32,2u,4d,2m,3z,3j,q,4t,6,4s,4a,4e,26,18,4f,1p,33,4u,40,4v,4g,5a,r,3b,4w,3k,1q,2n,4r,27,59,67,34,68,19' +
      ',7k,2o,5c;a:5b,4h,3l,41,g,29,7,1s,5d,66,69,5r,1b,6a,42,35,4y,4x,6o,5s,s,28,58,1r,u,5q,3m,1t,2p,2q,6q,2a,' +
      '5e,6p,5t,6b,5u,3s,5f,1a,4i,6r,37,50,75,43,4j,6s,4z,2r,5g,6n,1c,36,t,6d,8,6c,3n,5v,3o,76,5p,38,1d,78,77,v' +
      ',4k,2b,6t,45,6e,44,2s,1u,51,5h,5w,79,7a,46,74,3p,49,9,4m,4l,5x,6u,53,6v,5y,39,3q;b:4n,7b,5i,5l,w,52,54,6' +
      'g,6f,5k,5j,47,6x,6h,61,7c,6w,4q,5z,4o,a,60,57,62,55,6i,d,6y,7d,7e,5m,6z,65,b,6j,7f,7g,63,6m,70,6k,5o,71;' +
      'c:e,c,7h,73,f,7i',
  },
];

/** The scale factor codebook: a symbol is the difference to the scale factor before, plus 60. */
export const SCALE_FACTOR_CODES =
  '1:1o;3:1n;4:1p,1m,1q;5:1l,1r;6:1k,1s,1j,1t;7:1u,1i,1v;8:1h,1w,1g,1x,1f;9:1y,1e,1d,1z;a:20,1c,21,1b,22,1a' +
  ';b:24,23,25,26,19,17;c:18,27,16,15,28,14;d:29,13,2a,12,2b;e:11,z,2d,x,10,y,2c,w;f:2f,2h,u,v;g:2e,t,q,r,s' +
  ',o,2g;h:p,m,n;i:2i,l,j,3,1,2,0;j:2q,2r,2s,2t,2u,39,2p,2j,2k,2l,2m,2n,2o,2w,33,34,35,36,37,38,32,2x,2y,2z' +
  ',30,31,3a,6,8,9,a,5,2v,3c,3b,4,7,f,g,i,k,h,b,c,e,d';
