/** What a model predicts. */
export type Task = 'binary' | 'multiclass' | 'regression'

/** Which way is better. */
export type Direction = 'higher' | 'lower'
