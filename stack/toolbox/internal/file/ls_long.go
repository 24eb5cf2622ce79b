package file

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
	"time"

	"github.com/dustin/go-humanize"
)

// longLine is what -l prints of a file.
func (o lsOptions) longLine(e lsEntry) string {
	links, uid, gid := uint64(1), "?", "?"
	if s, ok := e.info.Sys().(*syscall.Stat_t); ok {
		links, uid, gid = s.Nlink, ownerName(s.Uid), groupName(s.Gid)
	}
	size := strconv.FormatInt(e.info.Size(), 10)
	if o.human {
		size = humanize.IBytes(uint64(e.info.Size()))
	}
	format := "Jan _2 15:04"
	if age := o.now.Sub(e.info.ModTime()); age > 180*24*time.Hour || age < -time.Hour {
		format = "Jan _2  2006"
	}
	name := e.name + o.mark(e.info.Mode())
	if e.info.Mode()&fs.ModeSymlink != 0 {
		if target, err := os.Readlink(e.path); err == nil {
			name = e.name + " -> " + target
		}
	}
	return fmt.Sprintf("%s\t%d\t%s\t%s\t%s\t%s\t%s", modeString(e.info.Mode()), links, uid, gid, size, e.info.ModTime().Format(format), name)
}

// modeString writes a mode as ls does, which is not how Go does.
func modeString(mode fs.FileMode) string {
	kind := byte('-')
	switch {
	case mode.IsDir():
		kind = 'd'
	case mode&fs.ModeSymlink != 0:
		kind = 'l'
	case mode&fs.ModeNamedPipe != 0:
		kind = 'p'
	case mode&fs.ModeSocket != 0:
		kind = 's'
	case mode&fs.ModeCharDevice != 0:
		kind = 'c'
	case mode&fs.ModeDevice != 0:
		kind = 'b'
	}
	text := []byte(mode.Perm().String())
	text[0] = kind
	for _, special := range []struct {
		bit fs.FileMode
		at  int
		set byte
	}{{fs.ModeSetuid, 3, 's'}, {fs.ModeSetgid, 6, 's'}, {fs.ModeSticky, 9, 't'}} {
		if mode&special.bit == 0 {
			continue
		}
		if text[special.at] == '-' {
			special.set -= 'a' - 'A'
		}
		text[special.at] = special.set
	}
	return string(text)
}

func ownerName(uid uint32) string {
	number := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(number); err == nil {
		return u.Username
	}
	return number
}

func groupName(gid uint32) string {
	number := strconv.FormatUint(uint64(gid), 10)
	if g, err := user.LookupGroupId(number); err == nil {
		return g.Name
	}
	return number
}
