// The build task is compiled into the tests without MSBuild: these are the few types of it that its source names.
namespace Microsoft.Build.Framework
{
    [AttributeUsage(AttributeTargets.Property)]
    internal sealed class RequiredAttribute : Attribute;

    internal enum MessageImportance
    {
        Normal,
    }
}

namespace Microsoft.Build.Utilities
{
    /// <summary>What a build task derives from.</summary>
    public abstract class Task
    {
        private protected static MessageLog Log { get; } = new();

        /// <summary>Does the task's work.</summary>
        public abstract bool Execute();

        private protected sealed class MessageLog
        {
            public List<string> Messages { get; } = [];

            public void LogMessage(Framework.MessageImportance importance, string message, params object[] arguments) =>
                Messages.Add($"{importance}: {string.Format(System.Globalization.CultureInfo.InvariantCulture, message, arguments)}");
        }
    }
}
