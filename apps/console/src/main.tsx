import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { queryClient } from './api/query-client';
import { router } from './router';
import { SessionGate } from './session/session-gate';
import './styles/base.css';
import { Clock } from './ui/clock';
import { keepFocusIn } from './ui/keep-focus';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

keepFocusIn(root);
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <SessionGate>
        <Clock>
          <RouterProvider router={router} />
        </Clock>
      </SessionGate>
    </QueryClientProvider>
  </StrictMode>,
);
