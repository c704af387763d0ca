"""Files that hold one document each (text, Word, HTML, PDF) as text; ``reading.read_file`` is the way in."""
