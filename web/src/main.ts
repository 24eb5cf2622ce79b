import { startConsole } from './app/start'

void startConsole()
