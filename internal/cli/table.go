package cli

import (
	"bufio"
	"io"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// table lays cells out in columns, measured as a terminal shows them: Chinese characters are
// two columns wide.
type table struct {
	head  []string
	rows  [][]cell
	paint func(tone, text string) string // nil = no colour
}

// toneNeutral is the tone of what is neither good nor bad.
const toneNeutral = "neutral"

// cell is a text with the tone of a status, "" for none.
type cell struct{ text, tone string }

func newTable(head ...string) *table { return &table{head: head} }

// row adds plain cells.
func (t *table) row(texts ...string) {
	cells := make([]cell, len(texts))
	for i, text := range texts {
		cells[i] = cell{text: text}
	}
	t.rows = append(t.rows, cells)
}

// print writes the table.
func (t *table) print(w io.Writer) error {
	widths := make([]int, len(t.head))
	for i, title := range t.head {
		widths[i] = textWidth(title)
	}
	for _, row := range t.rows {
		for i := range row {
			row[i].text = clean(row[i].text)
			if row[i].text == "" {
				row[i].text = "-"
			}
			widths[i] = max(widths[i], textWidth(row[i].text))
		}
	}
	out := bufio.NewWriter(w)
	head := make([]cell, len(t.head))
	for i, title := range t.head {
		head[i] = cell{text: title}
	}
	t.line(out, head, widths)
	for _, row := range t.rows {
		t.line(out, row, widths)
	}
	return out.Flush()
}

const gap = "   "

func (t *table) line(w *bufio.Writer, row []cell, widths []int) {
	for i, c := range row {
		text := c.text
		if t.paint != nil && c.tone != "" {
			text = t.paint(c.tone, text)
		}
		_, _ = w.WriteString(text) // the writer keeps the error for its Flush
		if i < len(row)-1 {
			_, _ = w.WriteString(strings.Repeat(" ", max(0, widths[i]-textWidth(c.text))) + gap)
		}
	}
	_ = w.WriteByte('\n')
}

// textWidth is how many columns a text takes.
func textWidth(text string) int { return runewidth.StringWidth(text) }

// clean takes out what would move the cursor or change the terminal: names and messages come
// from the cluster, and may be anybody's.
func clean(text string) string {
	if strings.IndexFunc(text, hostile) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case hostile(r):
			return '\uFFFD'
		default:
			return r
		}
	}, text)
}

// hostile says that a character is a control character, or turns the direction of writing.
func hostile(r rune) bool {
	return unicode.IsControl(r) || (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069)
}

// printWatched writes rows as they come, the head only at first. Columns keep a width at
// which later rows mostly fit.
func (t *table) printWatched(w io.Writer, head bool) error {
	widths := make([]int, len(t.head))
	for i, title := range t.head {
		widths[i] = max(textWidth(title), 8)
		if title == "NAME" {
			widths[i] = 44
		}
	}
	out := bufio.NewWriter(w)
	if head {
		cells := make([]cell, len(t.head))
		for i, title := range t.head {
			cells[i] = cell{text: title}
		}
		t.line(out, cells, widths)
	}
	for _, row := range t.rows {
		for i := range row {
			if row[i].text = clean(row[i].text); row[i].text == "" {
				row[i].text = "-"
			}
		}
		t.line(out, row, widths)
	}
	return out.Flush()
}
