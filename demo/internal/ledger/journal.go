package ledger

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"kubemate.io/kubemate/demo/internal/bank"
)

// compactBytes is the size from which a journal is rewritten.
const compactBytes = 8 << 20

// record is one line of the journal: first the opening state, then entries.
// A line is the CRC-32 of the JSON in eight hexadecimal digits, a space, the
// JSON, and a newline.
type record struct {
	Opening *opening     `json:"opening,omitempty"`
	Commit  *bank.Commit `json:"commit,omitempty"`
}

// journal is the append-only file behind a book.
type journal struct {
	path   string
	file   *os.File
	size   int64
	broken error // set when the file's end is unknown
}

// openJournal reads the journal at path, or begins one with first. A last
// line that was not written to its end is cut off, and torn says so; any
// other damage is an error, for money must not be guessed.
func openJournal(path string, first opening) (j *journal, b *book, torn bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		b = newBook(first)
		j = &journal{path: path}
		return j, b, false, j.compact(b)
	}
	if err != nil {
		return nil, nil, false, fmt.Errorf("open journal: %w", err)
	}
	b, good, torn, err := replay(file)
	if closeErr := file.Close(); err == nil && closeErr != nil {
		err = closeErr
	}
	if err != nil {
		return nil, nil, false, fmt.Errorf("journal %s: %w", path, err)
	}
	j = &journal{path: path, size: good}
	if j.file, err = os.OpenFile(path, os.O_WRONLY, 0o600); err != nil {
		return nil, nil, false, fmt.Errorf("open journal: %w", err)
	}
	if err := j.cut(); err != nil {
		return nil, nil, false, errors.Join(err, j.file.Close())
	}
	return j, b, torn, nil
}

// replay makes the book that the records tell of; good is the number of bytes
// up to the end of the last whole line.
func replay(from io.Reader) (b *book, good int64, torn bool, err error) {
	reader := bufio.NewReaderSize(from, 1<<20)
	for number := 1; ; number++ {
		line, err := reader.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, false, fmt.Errorf("read line %d: %w", number, err)
		}
		atEnd := errors.Is(err, io.EOF)
		if atEnd && len(line) == 0 {
			if b == nil {
				return nil, 0, false, errors.New("it is empty; remove it to open new books")
			}
			return b, good, false, nil
		}
		if atEnd && b != nil {
			return b, good, true, nil
		}
		next, err := apply(b, line)
		if err != nil {
			if _, peekErr := reader.Peek(1); b != nil && errors.Is(peekErr, io.EOF) && errors.Is(err, errLine) {
				return b, good, true, nil // blocks of the last write were lost, its newline was not
			}
			return nil, 0, false, fmt.Errorf("line %d: %w", number, err)
		}
		b = next
		good += int64(len(line))
	}
}

var errLine = errors.New("damaged line; restore the journal, or remove it to open new books")

// apply brings one line into the book.
func apply(b *book, line []byte) (*book, error) {
	if len(line) < 11 || line[8] != ' ' || line[len(line)-1] != '\n' {
		return nil, errLine
	}
	body := line[9 : len(line)-1]
	if string(line[:8]) != checksum(body) {
		return nil, errLine
	}
	var r record
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, errLine
	}
	switch {
	case b == nil && r.Opening != nil && r.Opening.Epoch != "" && r.Opening.Balances != nil:
		return newBook(*r.Opening), nil
	case b != nil && r.Commit != nil:
		return b, b.enter(*r.Commit)
	}
	return nil, errors.New("the record does not belong here")
}

func checksum(body []byte) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(body)) }

func encode(r record) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode journal record: %w", err)
	}
	return fmt.Appendf(nil, "%s %s\n", checksum(body), body), nil
}

// append writes an entry and has it reach the disk. After a failure the file
// is cut back, so that the entry is either wholly there or not at all.
func (j *journal) append(c bank.Commit) error {
	if j.broken != nil {
		return j.broken
	}
	line, err := encode(record{Commit: &c})
	if err != nil {
		return err
	}
	_, err = j.file.WriteAt(line, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		if cutErr := j.cut(); cutErr != nil {
			j.broken = fmt.Errorf("journal can't be written: %w", errors.Join(err, cutErr))
			return j.broken
		}
		return fmt.Errorf("write journal: %w", err)
	}
	j.size += int64(len(line))
	return nil
}

// cut ends the file after the last whole line.
func (j *journal) cut() error {
	if err := j.file.Truncate(j.size); err != nil {
		return fmt.Errorf("cut journal: %w", err)
	}
	return j.file.Sync()
}

// compact rewrites the journal as the book's opening state and kept entries,
// and puts the new file in the old one's place in one step.
func (j *journal) compact(b *book) error {
	next, err := os.OpenFile(j.path+".next", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("rewrite journal: %w", err)
	}
	size, err := writeAll(next, b)
	if err == nil {
		err = os.Rename(next.Name(), j.path)
	}
	if err != nil {
		return fmt.Errorf("rewrite journal: %w", errors.Join(err, next.Close(), os.Remove(next.Name())))
	}
	if j.file != nil {
		_ = j.file.Close() // replaced; everything in it is in the new file
	}
	j.file, j.size, j.broken = next, size, nil
	return syncFolder(filepath.Dir(j.path))
}

func writeAll(file *os.File, b *book) (size int64, err error) {
	w := bufio.NewWriter(file)
	records := []record{{Opening: &b.opening}}
	for i := range b.entries {
		records = append(records, record{Commit: &b.entries[i]})
	}
	for _, r := range records {
		line, err := encode(r)
		if err != nil {
			return 0, err
		}
		n, err := w.Write(line)
		if err != nil {
			return 0, err
		}
		size += int64(n)
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	return size, file.Sync()
}

// syncFolder makes a rename durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open journal folder: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}
