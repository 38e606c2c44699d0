export type { GradientRule, RuleContext } from './gradient.rule';
export { gradientRules } from './gradient.rules';
export { gradients, MissingGradientRuleError } from './gradients';
