export { gradients, MissingGradientRuleError } from './gradients';
