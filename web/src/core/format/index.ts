export { ageParts } from './age'
export { useNow } from './now'
export { formatBytes, formatCores, formatCount, formatCpu, formatShare } from './quantity'
export { formatClock, formatLocal, formatUtc, toMillis, type TimeInput } from './time'
