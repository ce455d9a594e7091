import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromLine, toLine } from '../../../../src/workbench/generate/lineBreaks.ts';

describe('a prompt of several lines in a box of one', () => {
  it('shows its line breaks', () => {
    assert.equal(toLine('INT. KITCHEN\n\n  MIA\nTea?'), 'INT. KITCHEN ↵  ↵   MIA ↵ Tea?');
  });

  it('has them again afterwards, with blank lines, indents and blanks at the ends of lines', () => {
    const line = fc.string({ unit: fc.constantFrom(' ', 'a', '"', '水') });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), lines => {
        const text = lines.join('\n');
        assert.equal(fromLine(toLine(text)), text);
        assert(!toLine(text).includes('\n'));
      }),
    );
  });

  it('lets lines be added', () => {
    assert.equal(fromLine('One↵Two ↵ Three'), 'One\nTwo\nThree');
  });
});
