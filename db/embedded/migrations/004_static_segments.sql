-- A db.SegmentKind. The filter of a static segment is ''.
ALTER TABLE segments ADD COLUMN kind TEXT NOT NULL DEFAULT 'DYNAMIC';
