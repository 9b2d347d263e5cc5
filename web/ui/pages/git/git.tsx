import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GitTokens } from '../../../api/models/git-token.ts';
import { gitTokensQuery, meQuery } from '../../data/queries.ts';
import { Button } from '../../parts/button.tsx';
import { CommandLine } from '../../parts/command-line.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Title } from '../../parts/title.tsx';
import { cloneCommand } from '../../words/clone.ts';
import { GitTokenDialog } from './git-token-dialog.tsx';
import { TokenList } from './token-list.tsx';

/** How does one clone and push, and with which tokens? */
export function GitPage() {
  const query = useQuery(gitTokensQuery);
  const { data: me } = useQuery(meQuery);
  const [making, setMaking] = useState(false);
  const usable = query.data !== undefined && query.data.cloneUrl !== null && query.data.may.length > 0;
  const user = me?.user.email ?? '';
  return (
    <div className="space-y-5">
      <Title
        aside={
          usable && (
            <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
              Make token
            </Button>
          )
        }
      >
        Git
      </Title>
      <Loaded query={query} what="your Git tokens">
        {(git) => (
          <>
            <How git={git} user={user} />
            {(usable || git.tokens.length > 0) && (
              <Panel title="Your tokens" flush>
                <TokenList tokens={git.tokens} />
              </Panel>
            )}
            {making && git.cloneUrl !== null && (
              <GitTokenDialog
                may={git.may}
                command={cloneCommand(git.cloneUrl, user)}
                onClose={() => setMaking(false)}
              />
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

function How({ git: { cloneUrl, may }, user }: { readonly git: GitTokens; readonly user: string }) {
  if (cloneUrl === null)
    return (
      <p className="max-w-prose text-sm text-dim">
        The desired-state repository is at another Git host: clone it there, with what that host asks for. A
        commit that is pushed there is followed here all the same.
      </p>
    );
  if (may.length === 0)
    return (
      <p className="max-w-prose text-sm text-dim">
        The repository holds the files of all tenants, and cannot be read in part. You edit yours on its page:
        configuration, prompts and skills, each edit a commit in your name.
      </p>
    );
  return (
    <div className="max-w-prose space-y-3 text-sm">
      <p className="text-dim">
        All that runs here is in one Git repository.{' '}
        {may.includes('push')
          ? 'You may clone it and push to it: a push that does not validate is refused, with what is wrong in your terminal.'
          : 'You may clone it; pushing is for operators and platform administrators.'}
      </p>
      <CommandLine text={cloneCommand(cloneUrl, user)} label="clone command" />
      <p className="text-dim">Git asks for a password: that is a token, made here.</p>
    </div>
  );
}
