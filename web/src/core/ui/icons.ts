import {
  Activity, ArrowDown, ArrowUp, ArrowUpDown, Bell, Boxes, Box, Check, ChevronDown, ChevronLeft, ChevronRight, ChevronUp, ChevronsUpDown,
  CircleAlert, CircleCheck, CircleQuestionMark, CircleStop, CircleX, Clock, Columns3, Compass, Copy, Cpu, Database, Download, Ellipsis, ExternalLink,
  Eye, EyeOff, FileCode, FileCog, FolderTree, Funnel, Gauge, GitBranch, GitCompare, Globe, HardDrive, House, Info, KeyRound, Keyboard, Languages,
  Laptop, Layers, LayoutDashboard, Link, ListTree, Lock, LogOut, Maximize2, MemoryStick, Menu, Minus, Monitor, Moon, Network, OctagonX, Palette,
  Pause, Pencil, Play, Plus, Power, Puzzle, RefreshCw, RotateCcw, RotateCw, Scaling, ScrollText, Search, Server, ServerCog, Shield, ShieldCheck,
  SlidersHorizontal, Smartphone, Sun, Tag, Terminal, TextWrap, Trash, TriangleAlert, Undo2, Unplug, Upload, User, UserPlus, UserX, Users, WifiOff, X,
  Zap, CalendarClock,
} from '@lucide/vue'
import type { Component } from 'vue'

/** Every icon of the console, by what it means or shows. */
export const icons = {
  activity: Activity, alert: TriangleAlert, 'arrow-down': ArrowDown, 'arrow-up': ArrowUp, bell: Bell, box: Box, boxes: Boxes,
  branch: GitBranch, calendar: CalendarClock, check: Check, 'chevron-down': ChevronDown, 'chevron-left': ChevronLeft, 'chevron-right': ChevronRight,
  'chevron-up': ChevronUp, 'circle-alert': CircleAlert, 'circle-check': CircleCheck, 'circle-x': CircleX, clock: Clock, close: X, cluster: ServerCog,
  code: FileCode, columns: Columns3, compass: Compass, config: FileCog, copy: Copy, cpu: Cpu, dashboard: LayoutDashboard, database: Database,
  diff: GitCompare, download: Download, edit: Pencil, expand: Maximize2, external: ExternalLink, eye: Eye, 'eye-off': EyeOff, filter: Funnel,
  gauge: Gauge, globe: Globe, help: CircleQuestionMark, house: House, info: Info, key: KeyRound, keyboard: Keyboard, labels: Tag, language: Languages,
  laptop: Laptop, layers: Layers, link: Link, lock: Lock, logs: ScrollText, memory: MemoryStick, menu: Menu, minus: Minus, monitor: Monitor, moon: Moon,
  more: Ellipsis, namespace: FolderTree, network: Network, node: Server, palette: Palette, pause: Pause, phone: Smartphone, play: Play, plus: Plus,
  power: Power, puzzle: Puzzle, refresh: RefreshCw, restart: RotateCw, rollback: RotateCcw, scale: Scaling, search: Search, shield: Shield,
  'shield-check': ShieldCheck, 'sign-out': LogOut, sliders: SlidersHorizontal, sort: ArrowUpDown, stop: CircleStop, storage: HardDrive, sun: Sun,
  switch: ChevronsUpDown, terminal: Terminal, trash: Trash, tree: ListTree, undo: Undo2, unplug: Unplug, upload: Upload, user: User,
  'user-add': UserPlus, 'user-off': UserX, users: Users, 'wifi-off': WifiOff, wrap: TextWrap, 'octagon-x': OctagonX, zap: Zap,
} satisfies Record<string, Component>

export type IconName = keyof typeof icons
