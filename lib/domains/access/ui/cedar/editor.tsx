'use client';

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import type { CedarSchemaView, TextCheck } from '../../cedar-policies/schema';
import { cedarLanguage, completion } from './language';

export interface CedarEditorProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  problems?: TextCheck['problems'];
  names?: CedarSchemaView['names'] | undefined;
  readOnly?: boolean;
}

const look = EditorView.theme({
  '&': { fontSize: '13px', border: '1px solid var(--line-control)', borderRadius: '6px' },
  '&.cm-focused': { outline: '2px solid var(--accent)' },
  '.cm-scroller': { fontFamily: 'var(--font-geist-mono), monospace', minHeight: '16rem' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--text-3)', border: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-weak)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--text)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-weak)',
    color: 'var(--text)',
  },
  '.cm-completionDetail': { color: 'var(--text-3)' },
});

/** The console's own, so that they suit both themes. */
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--allow)' },
  { tag: tags.number, color: 'var(--hold)' },
  { tag: tags.meta, color: 'var(--text-2)' },
  { tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
]);

/** A text of Cedar, with what is wrong marked where it stands. */
export function CedarEditor(props: CedarEditorProps) {
  const { label, value, problems = [], readOnly = false } = props;
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    if (!place.current) return undefined;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          lineNumbers(),
          history(),
          // Tab goes on to the next control, as everywhere.
          keymap.of([...defaultKeymap, ...historyKeymap]),
          cedarLanguage,
          completion(() => latest.current.names),
          syntaxHighlighting(colours),
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorState.readOnly.of(readOnly),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = view;
    return () => view.destroy();
  }, [label, readOnly]);

  useEffect(() => {
    const view = editor.current;
    if (!view || view.state.doc.toString() === value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    const { doc } = view.state;
    const marks = problems.map(({ line, column, message }): Diagnostic => {
      const at = doc.line(Math.min(line, doc.lines));
      const from = Math.min(at.from + column - 1, at.to);
      return { from, to: Math.min(from + 1, doc.length), severity: 'error', message };
    });
    view.dispatch(setDiagnostics(view.state, marks));
  }, [problems]);

  return <div ref={place} />;
}
