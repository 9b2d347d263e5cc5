import type { ButtonHTMLAttributes } from 'react';
import { Icon, type IconName } from './icon.tsx';

const looks = {
  primary: 'bg-fill text-white border-transparent hover:bg-fill-hover',
  plain: 'bg-panel border-edge hover:bg-raised',
  quiet: 'bg-transparent border-transparent text-dim hover:bg-raised hover:text-ink',
  danger: 'bg-bad-fill text-white border-transparent hover:opacity-90',
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: keyof typeof looks;
  readonly icon?: IconName;
  /** Waiting for an answer: it stays where it is and cannot be pressed again. */
  readonly busy?: boolean;
  readonly small?: boolean;
}

export function buttonClass(look: keyof typeof looks = 'plain', small = false): string {
  return `inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-55 ${small ? 'h-7 px-2 text-xs' : 'h-8 px-3 text-sm'} ${looks[look]}`;
}

export function Button({
  look = 'plain',
  icon,
  busy = false,
  small = false,
  children,
  disabled,
  className = '',
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      aria-busy={busy}
      className={`${buttonClass(look, small)} ${className}`}
    >
      {icon !== undefined && <Icon name={icon} size={14} />}
      {children}
      {busy && (
        <span aria-hidden="true" className="bar-busy">
          …
        </span>
      )}
    </button>
  );
}
