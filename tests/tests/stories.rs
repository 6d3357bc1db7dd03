//! Every story in `tests/stories/` comes out as it is told there.
//!
//! `UPDATE_EXPECT=1 cargo test -p hobnob-tests --test stories` writes the outcomes again; the diff is the review.

use std::path::Path;

#[test]
fn every_story_comes_out_as_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    let files = std::fs::read_dir(&folder).expect("the stories are in the repository");
    let mut stories: Vec<_> = files.map(|file| file.expect("the folder can be read").path()).collect();
    stories.retain(|file| file.extension().is_some_and(|ending| ending == "story"));
    stories.sort();
    assert!(stories.len() >= 20, "there are at least twenty stories, not {}", stories.len());
    for file in stories {
        println!("playing {}", file.display());
        let told = std::fs::read_to_string(&file).expect("a story can be read");
        assert!(told.lines().any(|line| line.starts_with("> ")), "{}: something happens in a story", file.display());
        let played = hobnob_tests::story::play(&told);
        expect_test::expect_file![&file].assert_eq(&played);
    }
}
