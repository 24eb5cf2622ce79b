package resources

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// logItem is one line or one event on its way to the client.
type logItem struct {
	at    time.Time // of a line, never before the line read before it from the same container
	line  LogLine
	event *LogEvent // instead of a line
}

// lineReader splits a log into lines of at most maxLogLine bytes.
type lineReader struct {
	r   *bufio.Reader
	buf []byte
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(r, 32<<10)}
}

// next gives a line without its end, valid until the next call. whole is false for the
// unterminated rest before err.
func (l *lineReader) next() (line []byte, cut, whole bool, err error) {
	l.buf = l.buf[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		// Room for a timestamp beside the message.
		if room := maxLogLine + 64 - len(l.buf); len(part) > room {
			l.buf, cut = append(l.buf, part[:room]...), true
		} else {
			l.buf = append(l.buf, part...)
		}
		switch {
		case err == nil:
			return bytes.TrimSuffix(bytes.TrimSuffix(l.buf, []byte("\n")), []byte("\r")), cut, true, nil
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return l.buf, cut, false, err
		}
	}
}

// splitStamp parts a line into the time that the kubelet put before it and the message; ok is
// false when there is none (an error text of the kubelet).
func splitStamp(line []byte) (stamp string, at time.Time, message []byte, ok bool) {
	head, rest, _ := bytes.Cut(line, []byte(" "))
	at, err := time.Parse(time.RFC3339Nano, string(head))
	if err != nil {
		return "", time.Time{}, line, false
	}
	return string(head), at, rest, true
}

// lineText makes text of a message: a character that was cut in half is dropped, bytes that
// are no UTF-8 are replaced.
func lineText(message []byte, cut bool) (string, bool) {
	if len(message) > maxLogLine {
		message, cut = message[:maxLogLine], true
	}
	if cut {
		message = trimHalfRune(message)
	}
	if utf8.Valid(message) {
		return string(message), cut
	}
	return strings.ToValidUTF8(string(message), "\uFFFD"), cut
}

// trimHalfRune drops the beginning of a character at the very end.
func trimHalfRune(b []byte) []byte {
	for i := 1; i <= utf8.UTFMax && i <= len(b); i++ {
		c := b[len(b)-i]
		if utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			return b
		}
	}
	return b
}

// lineGate drops the lines that a reconnected log repeats. A log is asked for again from the
// second of the last line sent, so that everything up to that line comes twice.
type lineGate struct {
	last   time.Time // of the last line sent
	atLast int       // lines sent with exactly that time

	closed   bool // reconnected, and not past the last line yet
	seen     int  // repeated lines with the time of the last one
	anchored bool // the last line was seen again: nothing is missing
}

// reopen begins the dropping, after a reconnect. sameRun says that the last line sent is in
// the log that is read now, so that its absence means a gap.
func (g *lineGate) reopen(sameRun bool) {
	g.closed, g.seen, g.anchored = !g.last.IsZero(), 0, !sameRun
}

// pass says whether a line is new; gap says that lines are missing before it.
func (g *lineGate) pass(at time.Time) (fresh, gap bool) {
	if !g.closed {
		g.mark(at)
		return true, false
	}
	switch {
	case at.Before(g.last):
		return false, false
	case at.Equal(g.last):
		if g.seen++; g.seen >= g.atLast {
			g.closed, g.anchored = false, true
		}
		return false, false
	default:
		gap = !g.anchored && g.seen == 0
		g.closed = false
		g.mark(at)
		return true, gap
	}
}

func (g *lineGate) mark(at time.Time) {
	switch {
	case at.After(g.last):
		g.last, g.atLast = at, 1
	case at.Equal(g.last):
		g.atLast++
	}
}
