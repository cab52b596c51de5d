import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // Works in any folder of a site.
  base: './',
  // The vendor's library has 2.8 MB, minified. It is loaded when a person joins.
  build: { chunkSizeWarningLimit: 3000 },
});
