'use client';

import { Diff, Tabs } from '@/components/ui';
import { changeText } from '../../text/change';
import { ChangeList, type ChangeListProps } from './change-list';

/** Changes in words and, on a second tab, as the Cedar before and after. */
export function Changes({ param = 'as', ...list }: ChangeListProps & { param?: string }) {
  return (
    <Tabs
      label="How the changes are shown"
      param={param}
      className="px-3.5 pb-1"
      tabs={[
        {
          value: 'words',
          label: 'In words',
          content: (
            <div className="-mx-3.5">
              <ChangeList {...list} />
            </div>
          ),
        },
        { value: 'cedar', label: 'In Cedar', content: <CedarList changes={list.changes} /> },
      ]}
    />
  );
}

function CedarList({ changes }: Pick<ChangeListProps, 'changes'>) {
  return (
    <ul className="grid gap-4 pb-3">
      {changes.map((change, index) => {
        const { before, after } = changeText(change);
        return (
          <li key={`${change.path} ${index}`} className="grid gap-1.5">
            <h3 className="font-medium">{change.words}</h3>
            {before === after ? (
              <p className="note">
                {before === '' ? 'No part of Cedar: it is decided beside it.' : sameText}
              </p>
            ) : (
              <Diff before={side(before)} after={side(after)} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

const sameText = 'The policy stays as it is: rates and amounts a day are counted beside Cedar.';

function side(text: string): { cedar?: string } {
  return text === '' ? {} : { cedar: text };
}
